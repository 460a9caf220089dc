import { FIRST_BUCKET_US, LockKey, Validator } from '@lockdep/core';
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

  test('times are counted by size, each bucket twice as wide as the one before', () => {
    const { validator, lock, one, after } = setUp();
    const held = [0, 0.06, 0.0625, 0.124, 0.125, 1, 1.99, 2, 1e6, 60e6, 100e6, 1e12, Number.MAX_VALUE];
    let now = 0;
    for (const time of held) {
      // A large clock would swallow small times.
      const fresh = new Validator({ sites: false, statistics: true, clock: () => now });
      const [task, alone] = [fresh.task('t'), fresh.lock(new LockKey({ name: 'A' }))];
      now = 0;
      fresh.acquire(task, alone);
      now = time;
      fresh.release(task, alone);
      const { buckets } = fresh.lockStat()[0]!.hold;
      expect(buckets.reduce((sum, count) => sum + count, 0)).toBe(1);
      const at = buckets.length - 1;
      const [from, to] = [at === 0 ? 0 : FIRST_BUCKET_US * 2 ** (at - 1), FIRST_BUCKET_US * 2 ** at];
      expect(time).toBeGreaterThanOrEqual(from);
      if (at < 31) expect(time).toBeLessThan(to);
    }
    for (const time of [3, 3, 300]) {
      validator.acquire(one, lock);
      after(time);
      validator.release(one, lock);
    }
    const { buckets } = validator.lockStat()[0]!.hold;
    expect(buckets.filter((count) => count > 0)).toEqual([2, 1]);
    expect(validator.lockStat()[0]!.wait.buckets).toEqual([]);
  });

  test('a clock that goes back gives the shortest time', () => {
    const { validator, lock, one, after } = setUp();
    validator.acquire(one, lock);
    after(-5);
    validator.release(one, lock);
    expect(validator.lockStat()[0]!.hold.buckets).toEqual([1]);
  });

  test('rows of many classes keep their buckets apart', () => {
    const { validator, one, after } = setUp();
    for (let index = 0; index < 200; index++) {
      const lock = validator.lock(new LockKey({ name: `c${index}` }));
      for (let times = 0; times < 1 + (index % 3); times++) {
        validator.acquire(one, lock, { mode: index % 2 === 0 ? 'write' : 'read' });
        after(2 ** (index % 20));
        validator.release(one, lock);
      }
    }
    for (const { name, hold } of validator.lockStat()) {
      const index = Number(name.slice(1));
      expect(hold.buckets.filter((count) => count > 0)).toEqual([1 + (index % 3)]);
      expect(hold.buckets).toHaveLength((index % 20) + 6);
    }
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
