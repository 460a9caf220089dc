/**
 * Eight tasks, a processor each, that read and write pages of one file for a while of virtual time, with or without memory pressure.
 * Deterministic: the same numbers on every machine.
 */
import { type LockStat, Validator } from '@lockdep/core';
import { dataTags, Engine, filemapWriteAndWait, PlainMachine, shrinkFolio } from '@lockdep/page-cache';
import { mountWith, type ReadLock } from './read-locks.ts';

export interface Workload {
  readonly readLock: ReadLock;
  /** Of 100 operations, how many read. */
  readonly reads: number;
  /** Pages are written back and dropped all the time, so that some reads and writes wait for the disk. */
  readonly pressure: boolean;
}

export interface Measured extends Workload {
  /** Operations in a millisecond of virtual time, all tasks together. */
  readonly throughput: number;
  /** Mean wait of an operation for locks, in virtual microseconds. */
  readonly wait: number;
  readonly locks: readonly LockStat[];
}

export const TASKS = 8;
const PAGES = 32;
const PAGE = 4;
const DURATION = 2_000;
const PRESSURE_EVERY = 30;

/** What steps take, in microseconds: 4 KiB copied, a solid-state disk, an instruction or a hundred of them. */
const COPY = 1;
const DISK = 80;
const STEP = 0.03;

function cost(words: string): number {
  if (/^(?:read|write) block/.test(words)) return DISK;
  if (/^(?:copy|write) /.test(words)) return COPY;
  return words === 'pause' ? PRESSURE_EVERY : STEP;
}

/** Numbers 0 … count-1 from a seed. */
function below(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * count);
  };
}

export function measure({ readLock, reads, pressure }: Workload): Measured {
  const machine: PlainMachine = new PlainMachine({ cost });
  const validator = new Validator({ sites: false, statistics: true, clock: () => machine.now });
  const geometry = { pageSize: PAGE, blockSize: PAGE, filePages: PAGES, diskBlocks: 2 * PAGES };
  const engine = new Engine({ machine, validator, geometry });
  const fs = mountWith(readLock, engine);
  const file = fs.create('A', dataTags('A', 'w0', 0, PAGES * PAGE));
  for (let index = 0; index < PAGES; index++) fs.cache(file, index);
  const data = dataTags('A', 'w1', 0, PAGE);
  let operations = 0;
  for (let task = 1; task <= TASKS; task++) {
    const random = below(task);
    machine.spawn(`task ${task}`, function* () {
      while (machine.now < DURATION) {
        const index = random(PAGES);
        if (random(100) < reads) yield* fs.readPage(file, index);
        else yield* fs.writePage(file, index, data);
        operations += 1;
      }
    });
  }
  if (pressure) {
    const random = below(99);
    machine.spawn('pressure', function* () {
      while (machine.now < DURATION) {
        yield* machine.access([], [], 'pause', () => {});
        yield* filemapWriteAndWait(file);
        yield* shrinkFolio(file.mapping, random(PAGES));
      }
    });
  }
  machine.run();
  const unexpected = validator.reports[0]?.message ?? engine.oracle.findings[0]?.message;
  if (unexpected !== undefined) throw new Error(`${readLock}: ${unexpected}`);
  const locks = validator.lockStat();
  const waited = locks.reduce((sum, { wait }) => sum + wait.total, 0);
  return {
    readLock,
    reads,
    pressure,
    throughput: operations / (DURATION / 1_000),
    wait: waited / operations,
    locks,
  };
}
