/** SPIN's transitions a CPU second on a model, where `spin` and a C compiler are installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.ts';

const ROUNDS = 5;

export interface SpinRun {
  readonly transitions: number;
  readonly aSecond: number;
}

/** Why there are no figures of SPIN here; null when there can be. */
export function spinMissing(): string | null {
  for (const tool of ['spin', 'gcc']) {
    try {
      execFileSync(tool, [tool === 'spin' ? '-V' : '--version'], { stdio: 'ignore' });
    } catch {
      return `${tool} is not installed`;
    }
  }
  return null;
}

/** The whole state graph of a model in this folder, deadlocks passed over; `reduced` with SPIN's partial-order reduction. */
export function runSpin(model: string, reduced: boolean): SpinRun {
  const folder = mkdtempSync(join(tmpdir(), 'lockdep-spin-'));
  const run = (file: string, ...args: string[]): string =>
    execFileSync(file, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  try {
    run('spin', '-a', fileURLToPath(new URL(model, import.meta.url)));
    run('gcc', '-O2', '-DSAFETY', ...(reduced ? [] : ['-DNOREDUCE']), '-o', 'pan', 'pan.c');
    const seconds: number[] = [];
    let transitions = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // `times` tells the CPU time of the shell's children on its second line.
      const output = run('sh', '-c', './pan -E -m100000; times');
      transitions = Number(/(\d+) transitions/.exec(output)![1]);
      const spent = [
        ...output
          .trim()
          .split('\n')
          .at(-1)!
          .matchAll(/(\d+)m([\d.]+)s/g),
      ];
      seconds.push(spent.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0));
    }
    return { transitions, aSecond: transitions / median(seconds) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
