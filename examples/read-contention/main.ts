/**
 * Does taking i_rwsem for reads hurt mixed workloads? The claim of the thread as a measurement in virtual time: throughput and lock
 * statistics of eight tasks under three ways to lock reads, in a table and a plot.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderLockStat } from '@lockdep/report';
import { plot } from './plot.ts';
import { readLocks } from './read-locks.ts';
import { type Measured, measure, TASKS } from './workload.ts';

const SHARES = [0, 20, 40, 50, 60, 80, 90, 95, 99, 100];
/** The shares shown in the table. */
const SHOWN = [0, 50, 90, 99, 100];

export interface Contention {
  readonly measured: readonly Measured[];
  readonly svg: string;
}

export function readContention(print: (text: string) => void, shares: readonly number[] = SHARES): Contention {
  const measured = [false, true].flatMap((pressure) =>
    shares.flatMap((reads) => readLocks.map((readLock) => measure({ readLock, reads, pressure }))),
  );
  print(
    `Operations in a virtual millisecond, ${TASKS} tasks on one file; in brackets the mean wait for locks in microseconds.\n`,
  );
  for (const pressure of [false, true]) {
    print(`\n${title(pressure)}\nreads ${readLocks.map((name) => name.padStart(22)).join('')}\n`);
    for (const reads of shares.filter((share) => SHOWN.includes(share))) {
      const row = readLocks.map((name) => cell(measured.find((one) => is(one, name, reads, pressure))!));
      print(`${`${reads} %`.padStart(5)} ${row.join('')}\n`);
    }
  }
  const worst = measured.find((one) => is(one, 'i_rwsem', 90, true));
  if (worst !== undefined)
    print(
      `\nWho waits when 90 % read under i_rwsem:\n${renderLockStat(worst.locks.slice(0, 2).map(({ contendedAt: _, ...row }) => row))}`,
    );
  const panels = [false, true].map((pressure) => ({
    title: title(pressure),
    lines: readLocks.map((name) => ({
      name,
      points: measured.flatMap(({ readLock, reads, pressure: under, throughput }) =>
        readLock === name && under === pressure ? [[reads, throughput] as const] : [],
      ),
    })),
  }));
  return { measured, svg: plot(panels, { x: 'reads, % of operations', y: 'operations per virtual millisecond' }) };
}

const title = (pressure: boolean): string => (pressure ? 'Under memory pressure' : 'Everything cached');

const is = (one: Measured, name: string, reads: number, pressure: boolean): boolean =>
  one.readLock === name && one.reads === reads && one.pressure === pressure;

const cell = ({ throughput, wait }: Measured): string => `${throughput.toFixed(0)} (${wait.toFixed(2)})`.padStart(22);

if (import.meta.main) {
  const { measured, svg } = readContention((text) => void process.stdout.write(text));
  const out = resolve(import.meta.dirname, '../../out');
  mkdirSync(out, { recursive: true });
  writeFileSync(resolve(out, 'read-contention.svg'), svg);
  writeFileSync(resolve(out, 'read-contention.json'), `${JSON.stringify(measured, null, 2)}\n`);
  process.stdout.write('\nThe plot is out/read-contention.svg, the numbers are out/read-contention.json.\n');
}
