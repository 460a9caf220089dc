/** Reads a whole file as text: plain, .gz or .zst, or standard input. */
import { readTrace } from '@lockdep/trace';

/** @throws TraceError when the file cannot be read. */
export async function readText(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readTrace(file)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
