/** A section of the benchmark runs in a process of its own, so that no section sees code optimised for another one. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Row } from './measure.ts';

/** Runs a section's file and takes its rows. */
export function runSection(file: string, ...args: readonly string[]): Promise<Row[]> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--conditions=@lockdep/source', '--expose-gc', path, ...args],
      { maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error !== null) reject(new Error(`${file} ${args.join(' ')}: ${stderr || error.message}`));
        else resolve(JSON.parse(stdout) as Row[]);
      },
    );
  });
}

/** What a section's file ends with. */
export function giveRows(rows: readonly Row[]): void {
  process.stdout.write(JSON.stringify(rows));
}
