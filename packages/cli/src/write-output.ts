/** Writes a file that the user has named. */
import { writeFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** @throws UsageError that names the option and the file. */
export async function writeOutput(option: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(
      `${option} ${file}: ${error instanceof Error ? error.message : error}`,
      'give the path of a file that can be written',
    );
  }
}
