/** Two nested mutexes around nothing, one after the other: async-mutex, our own with and without validation, async-mutex validated. */
import { LockKey, Validator } from '@lockdep/core';
import { lockdep, Mutex } from '@lockdep/locks';
import { Mutex as AsyncMutex } from 'async-mutex';
import { interleavedAsync, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const TIMES = 20_000;

interface Exclusive {
  runExclusive<T>(fn: () => Promise<T> | T): Promise<T>;
}

async function nested(outer: Exclusive, inner: Exclusive): Promise<void> {
  for (let at = 0; at < TIMES; at++) await outer.runExclusive(() => inner.runExclusive(nothing));
}

function nothing(): void {}

/** An async-mutex whose owner tells a validator. */
function told(validator: Validator, name: string): Exclusive {
  const mutex = new AsyncMutex();
  const lock = validator.lock(new LockKey({ name }));
  const task = tasks.get(validator) ?? validator.task('main');
  tasks.set(validator, task);
  return {
    runExclusive: (fn) => {
      validator.acquire(task, lock);
      return mutex.runExclusive(async () => {
        try {
          return await fn();
        } finally {
          validator.release(task, lock);
        }
      });
    },
  };
}

const tasks = new Map<Validator, ReturnType<Validator['task']>>();

async function measure(): Promise<Row[]> {
  const validator = new Validator();
  const pairs: Readonly<Record<string, readonly [Exclusive, Exclusive]>> = {
    'async-mutex': [new AsyncMutex(), new AsyncMutex()],
    'async-mutex with a validator told of it': [told(validator, 'a'), told(validator, 'b')],
    'our Mutex, validator: null': [
      new Mutex({ name: 'c', validator: null }),
      new Mutex({ name: 'd', validator: null }),
    ],
    'our Mutex, validated': [new Mutex({ name: 'e' }), new Mutex({ name: 'f' })],
  };
  const times = await interleavedAsync(
    Object.fromEntries(Object.entries(pairs).map(([name, [outer, inner]]) => [name, () => nested(outer, inner)])),
    { rounds: 9, warmUp: 3 },
  );
  if (lockdep().reports.length + validator.reports.length > 0) throw new Error('the benchmark itself is reported');
  const bare = times['async-mutex']!.median;
  return Object.entries(times).map(([name, { median: time }]) => ({
    section: 'runExclusive',
    name,
    value: time / TIMES / 2,
    unit: 'ns per runExclusive',
    ratio: bare / time,
    against: 'speed of async-mutex',
  }));
}

if (import.meta.main) giveRows(await measure());
