/** The `lockdep` command as tests run it: in this process, or as a process of its own from the sources. */
import { type ExecFileOptions, execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/run.ts';

export interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export const MAIN = join(import.meta.dirname, '../src/main.ts');
export const NODE: readonly string[] = [process.execPath, '--conditions=@lockdep/source'];

/** What Node has compiled is kept between the processes: the programs' packages load several times quicker. */
const CACHE = join(tmpdir(), 'lockdep-compile-cache');

/** Without what the surroundings may say of colours, options and CI. */
export function plainEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _1, NO_COLOR: _2, FORCE_COLOR: _3, CI: _4, LOCKDEP: _5, ...env } = process.env;
  return { ...env, NODE_COMPILE_CACHE: CACHE, ...more };
}

export function lockdep(...args: string[]): Promise<Result> {
  return lockdepOn(false, args);
}

/** The same where standard error may be a terminal, on which progress is shown. */
export async function lockdepOn(noteIsTerminal: boolean, args: readonly string[]): Promise<Result> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await run(args, {
    write: (text) => out.push(text),
    note: (text) => err.push(text),
    noteIsTerminal,
    writeIsTerminal: false,
    columns: 80,
  });
  return { status, out: out.join(''), err: err.join('') };
}

export function program(command: readonly string[], options: ExecFileOptions = {}): Promise<Result> {
  const [file, ...args] = command as [string, ...string[]];
  return new Promise((resolve) => {
    const { env, ...rest } = options;
    const given = { ...rest, env: plainEnvironment(env), maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' as const };
    execFile(file, args, given, (error, out, err) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ status, out, err });
    });
  });
}

/** `lockdep` as a process. */
export function cli(args: readonly string[], options: ExecFileOptions = {}): Promise<Result> {
  return program([...NODE, MAIN, ...args], options);
}

/** The same, to which a signal is sent when it has said `when`. */
export function cliSignalled(args: readonly string[], when: string, signal: NodeJS.Signals): Promise<Result> {
  const [file, ...first] = NODE as [string, ...string[]];
  const child = spawn(file, [...first, MAIN, ...args], {
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    const before = out.includes(when);
    out += chunk.toString();
    if (!before && out.includes(when)) child.kill(signal);
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
}
