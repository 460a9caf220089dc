/** The same nested locks in C under validators of native code, where the tools are installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const DEPTHS = [1, 8];
const source = fileURLToPath(new URL('nested-locks.c', import.meta.url));
const section = 'native validators';

/** A way to run the program: a command, and how many pairs it can do in a fraction of a second. */
interface Runner {
  readonly name: string;
  readonly command: readonly string[];
  readonly pairs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What it is compared with: the program itself, or the tool without its lock-order part. */
  readonly against: string;
}

function has(tool: string, ...args: string[]): boolean {
  try {
    execFileSync(tool, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function measureOne({ command, pairs, env }: Runner, depth: number): number {
  const [file, ...args] = command;
  const output = execFileSync(file!, [...args, String(depth), String(pairs)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Number(output.toString());
}

function measure(runners: readonly Runner[]): Row[] {
  const rows: Row[] = [];
  for (const depth of DEPTHS) {
    const times = new Map<string, number[]>();
    for (let round = 0; round < 3; round++) {
      for (const runner of runners) {
        times.set(runner.name, [...(times.get(runner.name) ?? []), measureOne(runner, depth)]);
      }
    }
    const of = (name: string): number => median(times.get(name)!);
    for (const { name, against } of runners) {
      if (name === against) {
        rows.push({ section, name: `${name}, ${depth} nested`, value: of(name), unit: 'ns per pair' });
      } else {
        const [value, ratio] = [of(name) - of(against), of(name) / of(against)];
        rows.push({ section, name: `${name}, ${depth} nested`, value, unit: 'ns added per pair', ratio, against });
      }
    }
  }
  return rows;
}

function all(): Row[] {
  const skip = (name: string, reason: string): Row => ({ section, name, value: 0, unit: '', skipped: reason });
  if (!has('gcc', '--version')) return [skip('pthread mutexes, TSan, Helgrind', 'gcc is not installed')];
  const folder = mkdtempSync(join(tmpdir(), 'lockdep-bench-'));
  try {
    const plain = join(folder, 'plain');
    const tsan = join(folder, 'tsan');
    execFileSync('gcc', ['-O1', '-g', '-pthread', '-o', plain, source]);
    const pthreads = 'pthread mutexes';
    const runners: Runner[] = [{ name: pthreads, command: [plain], pairs: 4_000_000, against: pthreads }];
    const skipped: Row[] = [];
    if (has('gcc', '-O1', '-g', '-pthread', '-fsanitize=thread', '-o', tsan, source)) {
      const races = 'TSan without deadlock detection';
      const pairs = 1_000_000;
      runners.push(
        { name: races, command: [tsan], pairs, env: { TSAN_OPTIONS: 'detect_deadlocks=0' }, against: pthreads },
        {
          name: 'TSan, its deadlock detection alone',
          command: [tsan],
          pairs,
          env: { TSAN_OPTIONS: 'detect_deadlocks=1' },
          against: races,
        },
      );
    } else skipped.push(skip('TSan', 'gcc has no -fsanitize=thread here'));
    if (has('valgrind', '--version')) {
      const helgrind = ['valgrind', '--tool=helgrind', '-q'];
      const races = 'Helgrind without lock orders';
      const pairs = 40_000;
      runners.push(
        { name: races, command: [...helgrind, '--track-lockorders=no', plain], pairs, against: pthreads },
        { name: 'Helgrind, its lock orders alone', command: [...helgrind, plain], pairs, against: races },
      );
    } else skipped.push(skip('Helgrind', 'valgrind is not installed'));
    return [...measure(runners), ...skipped];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) giveRows(all());
