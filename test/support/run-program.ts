/** Runs a TypeScript program of the repository in a process of its own, under the Node that runs the tests. */
import { execFile } from 'node:child_process';
import { repositoryFile } from './data-files.ts';

export interface ProgramResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runProgram(file: string, ...rest: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const args = ['--conditions=@lockdep/source', file, ...rest];
    const options = { cwd: repositoryFile('.'), env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, stdout, stderr });
    });
  });
}
