/**
 * Runs a command with the recorder loaded into every Node process that it starts. Its standard streams are ours, and it gets the signals
 * that we get; those of a terminal's keys it gets from the terminal itself.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UsageError } from '../usage-error.ts';
import { RECORDING_VARIABLE, type RecordingRequest } from './recorded-process.ts';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
const KEYS = ['SIGINT', 'SIGQUIT'] as const;

/** How the command ended. */
export interface Ending {
  /** As a shell gives it: 128 and the signal's number for one that was killed. */
  readonly status: number;
  readonly signal: NodeJS.Signals | null;
}

/** @param request - Null runs it as it is. @throws UsageError when it cannot be started. */
export async function runRecorded(command: readonly string[], request: RecordingRequest | null): Promise<Ending> {
  const [program, ...args] = isScript(command[0]!)
    ? [process.execPath, ...command]
    : (command as [string, ...string[]]);
  const env = request === null ? process.env : { ...process.env, ...environment(request) };
  const child = spawn(program, args, { stdio: 'inherit', env });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  const ignore = (): void => {};
  for (const signal of FORWARDED) process.on(signal, forward);
  for (const signal of KEYS) process.on(signal, process.stdin.isTTY === true ? ignore : forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(cannotStart(program, error)));
      child.on('exit', (code, signal) => {
        resolve({ status: signal === null ? (code ?? 0) : 128 + constants.signals[signal], signal });
      });
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
    for (const signal of KEYS) process.off(signal, forward).off(signal, ignore);
  }
}

const isScript = (word: string): boolean => /\.[cm]?[jt]s$/.test(word);

/** The recorder is beside this file; from the sources, what it needs has to be found in the sources too. */
function environment(request: RecordingRequest): Readonly<Record<string, string>> {
  const isSource = import.meta.url.endsWith('.ts');
  const preload = (isSource ? new URL('./preload.ts', import.meta.url) : new URL('./preload.js', import.meta.url)).href;
  const options = [
    process.env['NODE_OPTIONS'] ?? '',
    isSource ? '--conditions=@lockdep/source' : '',
    `--import=${preload}`,
  ];
  return {
    NODE_OPTIONS: options.filter((option) => option !== '').join(' '),
    [RECORDING_VARIABLE]: JSON.stringify(request),
  };
}

function cannotStart(program: string, { code, message }: NodeJS.ErrnoException): UsageError {
  const problem = code === 'ENOENT' ? 'no such command' : code === 'EACCES' ? 'it may not be executed' : message;
  return new UsageError(
    `run: ${program}: ${problem}`,
    'give a command as a shell would find it: lockdep run -- node app.js',
  );
}
