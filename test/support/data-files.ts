/** Where the data of these tests lies. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of test/data. */
export function dataFile(path: string): string {
  return fileURLToPath(new URL(`../data/${path}`, import.meta.url));
}

/** A file of the repository. */
export function repositoryFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** A folder of recordings too big to ship: under `$LOCKDEP_DATA`, or `../shared` beside the repository; null where there is none. */
export function bigData(path: string): string | null {
  const root = process.env['LOCKDEP_DATA'] ?? repositoryFile('../shared');
  const folder = `${root}/${path}`;
  return existsSync(folder) ? folder : null;
}
