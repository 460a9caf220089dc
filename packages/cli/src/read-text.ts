/** Reads a whole text file, plain, .gz or .zst. */
import { readTrace } from '@lockdep/trace';

/** @throws TraceError when it cannot be read. */
export async function readText(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readTrace(file)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
