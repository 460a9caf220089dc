/** Reads a JSON document: plain, .gz or .zst, or standard input. */
import { readText } from '../read-text.ts';
import { UsageError } from '../usage-error.ts';

/** @throws UsageError when the file cannot be read, or with `hint` when it is not JSON. */
export async function readDocument(
  file: string,
  { what, hint }: { readonly what: string; readonly hint: string },
): Promise<unknown> {
  const text = await readText(file, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}: not JSON: ${error instanceof Error ? error.message : error}`, hint);
  }
}
