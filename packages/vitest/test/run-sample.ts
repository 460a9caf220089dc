/** Runs the sample project in a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const sample: string = resolve(dirname(fileURLToPath(import.meta.url)), '../../../test/sample-suite');
const vitest = resolve(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

export interface SampleRun {
  /** Where the reporter has written. */
  readonly folder: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `files` are parts of names of test files; `env` comes on top of a clean one. */
export function runSample(files: readonly string[], env: Readonly<Record<string, string>>): Promise<SampleRun> {
  const { PATH = '' } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'lockdep-sample-'));
  const args = [...['--conditions=@lockdep/source', vitest, 'run', '--pool=threads', '--maxWorkers=1'], ...files];
  return new Promise((done, reject) => {
    const options = {
      cwd: sample,
      env: { PATH, CI: '1', NO_COLOR: '1', SAMPLE_FOLDER: folder, ...env },
      timeout: 60_000,
    };
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error?.killed === true) reject(new Error(`the sample did not end within a minute:\n${stdout}${stderr}`));
      else done({ folder, code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
