/** Loads a module that the user names. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from './usage-error.ts';

/** Its default export. @throws UsageError when it is not there or does not load. */
export async function loadDefault(file: string, hint: string): Promise<unknown> {
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file`, hint);
  try {
    return ((await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown }).default;
  } catch (error) {
    // The first line, without who asked for it: that is us.
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`${file}: ${message.replace(/ imported from .*/, '')}`, hint);
  }
}
