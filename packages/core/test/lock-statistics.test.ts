import { LockKey, Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';

function setUp() {
  let now = 0;
  const validator = new Validator({ sites: false, statistics: true, clock: () => now });
  const lock = validator.lock(new LockKey({ name: 'A', kind: 'rwsem' }), { label: 'a' });
  const [one, two] = [validator.task('one'), validator.task('two')];
  return {
    validator,
    lock,
    one,
    two,
    after: (us: number) => {
      now += us;
    },
  };
}

describe('statistics per class', () => {
  test('waits and holds, writers and readers apart', () => {
    const { validator, lock, one, two, after } = setUp();
    validator.acquire(one, lock);
    after(10);
    validator.acquire(two, lock, { mode: 'read' });
    validator.contended(two, lock);
    after(5);
    validator.release(one, lock);
    validator.acquired(two, lock);
    after(7);
    validator.release(two, lock);
    validator.acquire(one, lock);
    after(1);
    validator.release(one, lock);
    expect(validator.lockStat()).toMatchObject([
      {
        name: 'A',
        mode: 'read',
        acquisitions: 1,
        wait: { count: 1, min: 5, max: 5, total: 5 },
        hold: { count: 1, min: 7, max: 7, total: 7 },
      },
      {
        name: 'A',
        mode: 'write',
        acquisitions: 2,
        wait: { count: 0, total: 0 },
        hold: { count: 2, min: 1, max: 15, total: 16 },
      },
    ]);
  });

  test('hold times follow their locks through a release out of order', () => {
    const { validator, one, after } = setUp();
    const [first, second] = ['first', 'second'].map((name) => validator.lock(new LockKey({ name })));
    validator.acquire(one, first!);
    after(10);
    validator.acquire(one, second!);
    after(3);
    validator.release(one, first!);
    after(4);
    validator.release(one, second!);
    const holds = Object.fromEntries(validator.lockStat().map(({ name, hold }) => [name, hold.total]));
    expect(holds).toEqual({ first: 13, second: 7 });
  });

  test('off by default, and nothing is kept when switched off', () => {
    const validator = new Validator({ sites: false });
    const task = validator.task('t');
    const lock = validator.lock(new LockKey({ name: 'A' }));
    validator.acquire(task, lock);
    validator.release(task, lock);
    expect(validator.lockStat()).toEqual([]);
    validator.keepStatistics(true);
    validator.acquire(task, lock);
    validator.release(task, lock);
    expect(validator.lockStat()).toMatchObject([{ name: 'A', acquisitions: 1 }]);
    validator.keepStatistics(false);
    expect(validator.lockStat()).toEqual([]);
  });
});

describe('the dump of held locks', () => {
  test('who holds what since when, who waits for what', () => {
    const { validator, lock, one, two, after } = setUp();
    validator.acquire(one, lock);
    after(100);
    validator.acquire(two, lock);
    validator.contended(two, lock);
    after(20);
    expect(validator.heldLocks()).toMatchObject([
      { task: 'one', held: [{ lock: 'a', mode: 'write', heldUs: 120 }], waitsFor: null },
      { task: 'two', held: [], waitsFor: { lock: 'a' }, heldBy: ['one'], waitedUs: 20 },
    ]);
  });

  test('tasks that hold nothing are not in it', () => {
    const { validator, lock, one } = setUp();
    validator.acquire(one, lock);
    validator.release(one, lock);
    expect(validator.heldLocks()).toEqual([]);
  });
});

describe('stats', () => {
  test('counts what was learned', () => {
    const { validator, one } = setUp();
    const locks = ['x', 'y', 'z'].map((name) => validator.lock(new LockKey({ name })));
    for (const lock of locks) validator.acquire(one, lock);
    expect(validator.stats()).toMatchObject({
      classes: 3,
      dependencies: 2,
      indirectDependencies: 3,
      chains: 3,
      maxDepth: 3,
      heldLocks: 3,
      tasks: 2,
      reports: 0,
    });
  });
});
