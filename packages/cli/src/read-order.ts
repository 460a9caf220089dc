/** Reads an order file: text or JSON, plain, .gz or .zst, or standard input. */
import { type OrderDeclaration, parseOrder } from '@lockdep/graph';
import { readText } from './read-text.ts';

/** @throws TraceError when the file cannot be read, GraphFileError when there is no order in it. */
export async function readOrder(file: string): Promise<OrderDeclaration> {
  return parseOrder(await readText(file, 'an order file'), file);
}
