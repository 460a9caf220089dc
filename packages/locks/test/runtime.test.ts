/** The same locks and methods under a scheduler. */
import { Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { BitLock, Completion, currentRuntime, LockMisuseError, Mutex, RwSemaphore, Semaphore } from '../src/index.ts';
import { Driver } from './driver.ts';

let validator: Validator;
const named = (name: string) => ({ name, label: name, validator });
const kinds = (): string[] => validator.reports.map((report) => report.kind);

beforeEach(() => {
  validator = new Validator({ sites: false });
});

test('an operation takes effect when its task is scheduled, not when it is called', () => {
  const mutex = new Mutex({ ...named('m'), policy: 'any' });
  const driver = new Driver({
    *a() {
      yield* mutex.acquire();
      yield* mutex.release();
    },
    *b() {
      yield* mutex.acquire();
      yield* mutex.release();
    },
  });
  driver.run('a b a b a b b');
  expect(driver.log).toEqual(['a: acquire m', 'b: waits for m', 'a: release m', 'b: acquire m', 'b: release m']);
  expect(kinds()).toEqual([]);
  expect(currentRuntime()).toBeNull();
});

test('operations are made once per lock and kind', () => {
  const sem = new RwSemaphore(named('sem'));
  const seen: unknown[] = [];
  const driver = new Driver({
    *a() {
      seen.push(sem.acquire(), sem.acquire(), sem.downRead(), sem.acquireRead(), sem.release(), sem.upWrite());
      yield* sem.acquire();
    },
  });
  driver.run('a');
  expect(seen.map((operation) => seen.indexOf(operation))).toEqual([0, 0, 2, 2, 4, 4]);
});

test('a wait that closes a circle is reported before the task blocks', () => {
  const [a, b] = [new Mutex(named('a')), new Mutex(named('b'))];
  const nest = (outer: Mutex, inner: Mutex) =>
    function* () {
      yield* outer.acquire();
      yield* inner.acquire();
    };
  const driver = new Driver({ t1: nest(a, b), t2: nest(b, a) });
  driver.run('t1 t2 t1 t2 t1 t2');
  expect(driver.log.slice(-2)).toEqual(['t1: waits for b', 't2: waits for a']);
  expect(driver.reports).toMatchObject([{ kind: 'deadlock', waits: [{ task: 't2' }, { task: 't1' }] }]);
});

test('a fair semaphore is queued for and entered in two steps; readers enter together', () => {
  const sem = new RwSemaphore(named('sem'));
  const reading = function* () {
    yield* sem.downRead();
    yield* sem.upRead();
  };
  const driver = new Driver({
    r: reading,
    *w() {
      yield* sem.downWrite();
      yield* sem.downgradeWrite();
      yield* sem.upRead();
    },
    s: reading,
  });
  driver.run('r w s r r w s w s r w s w s w s');
  expect(driver.log).toEqual([
    'r: queue at sem',
    'r: acquire sem',
    'w: queue at sem',
    's: queue at sem',
    'w: waits for sem',
    's: waits for sem',
    'r: release sem',
    'w: acquire sem',
    's: waits for sem',
    'w: downgrade sem',
    's: acquire sem',
    'w: release sem',
    's: release sem',
  ]);
  expect(kinds()).toEqual([]);
});

test('tries, guards and runExclusive', () => {
  const [mutex, other] = [new Mutex(named('m')), new Mutex(named('other'))];
  const results: unknown[] = [];
  const driver = new Driver({
    *a() {
      results.push(yield* mutex.tryAcquire());
      results.push(yield* mutex.tryAcquire());
      yield* mutex.release();
      const guard = yield* mutex.lock();
      results.push(guard.held, mutex.locked);
      yield* guard.release();
      yield* guard.release();
      results.push(guard.held, mutex.locked);
      const answer = yield* mutex.runExclusive(function* () {
        yield* other.acquire();
        yield* other.release();
        mutex.assertHeld();
        results.push(mutex.locked);
        return 42;
      });
      results.push(answer, mutex.locked);
      mutex.assertNotHeld();
    },
  });
  driver.run('a a a a a a a a a a');
  expect(driver.runners[0]!.failure).toBeUndefined();
  expect(results).toEqual([true, false, true, true, false, false, true, 42, false]);
  expect(kinds()).toEqual([]);
});

test('a task that is killed while it waits leaves the queue; its finally blocks release', () => {
  const [a, b] = [new Mutex(named('a')), new Mutex(named('b'))];
  const driver = new Driver({
    *holder() {
      yield* b.acquire();
      yield* b.release();
    },
    *victim() {
      yield* a.runExclusive(function* () {
        yield* b.acquire();
      });
    },
  });
  driver.run('holder holder victim victim victim');
  expect(driver.log.at(-1)).toBe('victim: waits for b');
  driver.kill('victim');
  driver.run('victim holder');
  expect(a.locked || b.locked).toBe(false);
  expect(kinds()).toEqual([]);
});

test('bit locks, semaphores and completions', () => {
  const [page, sem, done] = [new BitLock(named('page')), new Semaphore(0, named('sem')), new Completion(named('done'))];
  const driver = new Driver({
    *reader() {
      yield* page.acquire();
      yield* sem.release();
      yield* done.wait();
      expect(yield* done.tryWait()).toBe(false);
      yield* page.acquire();
    },
    *io() {
      yield* sem.acquire();
      yield* done.claim();
      yield* page.transfer(driver.runners[1]!);
      yield* page.release();
      yield* done.complete();
    },
  });
  driver.run('io reader io reader reader reader io io io io io reader reader reader');
  expect(driver.runners.map((runner) => runner.failure)).toEqual([undefined, undefined]);
  expect(driver.log.filter((line) => line.includes('waits'))).toEqual(['io: waits for sem', 'reader: waits for done']);
  expect(page.state.holders()).toEqual([driver.runners[0]]);
  expect(kinds()).toEqual([]);
});

test('misuse is thrown into the task', () => {
  const sem = new RwSemaphore(named('sem'));
  const driver = new Driver({
    *a() {
      yield* sem.downRead();
      try {
        yield* sem.upWrite();
      } catch (error) {
        expect(error).toBeInstanceOf(LockMisuseError);
      }
      yield* sem.downgradeWrite();
    },
  });
  driver.run('a a a a a');
  expect(driver.runners[0]!.failure).toBeInstanceOf(LockMisuseError);
  expect(String(driver.runners[0]!.failure)).toMatch(/downgrade of 'sem'/);
});

describe('without a scheduler', () => {
  test('yield* says what to do', () => {
    const mutex = new Mutex({ name: 'm', validator: null });
    const operation = mutex.acquire();
    expect(() => [...(operation as Iterable<unknown>)]).toThrow(
      /yield\* on acquire of 'm' outside a scheduler: run the generator under/,
    );
  });
});
