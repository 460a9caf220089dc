/** Runs the `lockdep` command in this process and keeps what it writes. */
import { run } from 'lockdep';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommand(...args: readonly string[]): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  const status = await run(args, {
    write: (text) => {
      stdout += text;
    },
    note: (text) => {
      stderr += text;
    },
    noteIsTerminal: false,
    writeIsTerminal: false,
    columns: 100,
  });
  return { status, stdout, stderr };
}
