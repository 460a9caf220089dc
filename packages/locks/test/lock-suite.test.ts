/** The suite of all locks, for every kind and side, without a validator and with one. */
import { Validator } from '@lockdep/core';
import { describe } from 'vitest';
import {
  BitLock,
  type ExclusiveLock,
  lockdep,
  Mutex,
  type ReaderWriterLock,
  RwLock,
  RwSemaphore,
  Semaphore,
  SpinLock,
} from '../src/index.ts';
import { type Factory, lockSuite, type Side } from './lock-suite.ts';

const exclusive = (lock: ExclusiveLock): Side => ({
  lock,
  acquire: (options) => lock.acquire(options),
  tryAcquire: () => lock.tryAcquire(),
  guard: (options) => lock.lock(options),
  run: (fn, options) => lock.runExclusive(fn, options),
  release: () => lock.release(),
});

const reading = (lock: ReaderWriterLock): Side => ({
  lock,
  acquire: (options) => lock.acquireRead(options),
  tryAcquire: () => lock.tryAcquireRead(),
  guard: (options) => lock.lockRead(options),
  run: (fn, options) => lock.runShared(fn, options),
  release: () => lock.releaseRead(),
});

/** Keeps others out by `count` acquisitions, each in a task of its own. */
async function shutBy(side: Side, count: number): Promise<() => void> {
  const leave: (() => void)[] = [];
  for (let i = 0; i < count; i++) {
    await new Promise<void>((inside) => {
      void lockdep.task('shutter', async () => {
        await side.acquire();
        inside();
        await new Promise<void>((resolve) => leave.push(resolve));
        side.release();
      });
    });
  }
  return () => {
    for (const go of leave) go();
  };
}

const READERS = 12;
const shutReaders = (side: Side): Promise<() => void> => shutBy(exclusive(side.lock as ReaderWriterLock), 1);
const shutSame =
  (count: number) =>
  (side: Side): Promise<() => void> =>
    shutBy(side, count);

const factories: readonly Factory[] = [
  {
    name: 'Mutex',
    capacity: 1,
    make: (validator) => exclusive(new Mutex({ validator, name: 'm' })),
    shut: shutSame(1),
  },
  {
    name: 'SpinLock',
    capacity: 1,
    make: (validator) => exclusive(new SpinLock({ validator, name: 's' })),
    shut: shutSame(1),
  },
  {
    name: 'BitLock',
    capacity: 1,
    make: (validator) => exclusive(new BitLock({ validator, name: 'PG' })),
    shut: shutSame(1),
  },
  {
    name: 'Semaphore of 1',
    capacity: 1,
    make: (validator) => exclusive(new Semaphore(1, { validator, name: 'sem' })),
    shut: shutSame(1),
  },
  {
    name: 'Semaphore of 3',
    capacity: 3,
    make: (validator) => exclusive(new Semaphore(3, { validator, name: 'pool' })),
    shut: shutSame(3),
  },
  {
    name: 'RwSemaphore, write side',
    capacity: 1,
    make: (validator) => exclusive(new RwSemaphore({ validator, name: 'rwsem' })),
    shut: shutSame(1),
  },
  {
    name: 'RwSemaphore, read side',
    capacity: READERS,
    make: (validator) => reading(new RwSemaphore({ validator, name: 'rwsem' })),
    shut: shutReaders,
  },
  {
    name: 'RwLock, write side',
    capacity: 1,
    make: (validator) => exclusive(new RwLock({ validator, name: 'rwlock' })),
    shut: shutSame(1),
  },
  {
    name: 'RwLock, read side',
    capacity: READERS,
    make: (validator) => reading(new RwLock({ validator, name: 'rwlock' })),
    shut: shutReaders,
  },
];

describe('not validated', () => {
  for (const factory of factories) lockSuite(factory, () => null);
});

describe('validated', () => {
  for (const factory of factories) lockSuite(factory, () => new Validator({ sites: false }));
});
