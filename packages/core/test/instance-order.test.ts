import { type Lock, LockKey, type LockKeyOptions, type OrderKeys, type Task, Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';

function setUp(options: Partial<LockKeyOptions> = {}) {
  const validator = new Validator({ sites: false });
  const key = new LockKey({ name: 'i_rwsem', kind: 'rwsem', ...options });
  const task = validator.task('t');
  const lock = (orderKeys: OrderKeys): Lock => validator.lock(key, { orderKeys });
  const kinds = (): string[] => validator.reports.map((report) => report.kind);
  return { validator, task, lock, kinds };
}

function nest(validator: Validator, task: Task, outer: Lock, inner: Lock, subclass = 0): void {
  validator.acquire(task, outer);
  validator.acquire(task, inner, { subclass });
  validator.release(task, inner);
  validator.release(task, outer);
}

describe('LD16: an order that is declared', () => {
  test('nesting in the order is legal, at any subclass, and no recursion', () => {
    const { validator, task, lock, kinds } = setUp({ order: { by: 'ino' } });
    nest(validator, task, lock({ ino: 1 }), lock({ ino: 2 }));
    nest(validator, task, lock({ ino: 2 }), lock({ ino: 9 }), 1);
    expect(kinds()).toEqual([]);
  });

  test('against the order it is reported with both keys, every time', () => {
    const { validator, task, lock } = setUp({ order: { by: 'ino' } });
    nest(validator, task, lock({ ino: 1 }), lock({ ino: 2 }));
    nest(validator, task, lock({ ino: 2 }), lock({ ino: 1 }));
    nest(validator, task, lock({ ino: 4 }), lock({ ino: 3 }));
    expect(validator.reports).toMatchObject([
      { kind: 'instance-order', by: 'ino', comparable: true, count: 2, pair: { outer: { ino: 2 }, inner: { ino: 1 } } },
    ]);
  });

  test('a subclass does not make a wrong order right', () => {
    const { validator, task, lock, kinds } = setUp({ order: { by: 'ino' } });
    nest(validator, task, lock({ ino: 2 }), lock({ ino: 1 }), 1);
    expect(kinds()).toEqual(['instance-order']);
  });

  test('inode numbers of two super blocks cannot be compared, a tuple with the super block can', () => {
    const alone = setUp({ order: { by: 'ino' } });
    nest(alone.validator, alone.task, alone.lock({ sb: 1, ino: 1 }), alone.lock({ sb: 2, ino: 2 }));
    expect(alone.validator.reports).toMatchObject([{ kind: 'instance-order', comparable: false }]);
    const tuple = setUp({ order: { by: ['sb', 'ino'] } });
    nest(tuple.validator, tuple.task, tuple.lock({ sb: 1, ino: 9 }), tuple.lock({ sb: 2, ino: 2 }));
    nest(tuple.validator, tuple.task, tuple.lock({ sb: 1, ino: 1 }), tuple.lock({ sb: 1, ino: 2 }));
    expect(tuple.kinds()).toEqual([]);
    nest(tuple.validator, tuple.task, tuple.lock({ sb: 2, ino: 1 }), tuple.lock({ sb: 1, ino: 2 }));
    expect(tuple.kinds()).toEqual(['instance-order']);
  });

  test('a trylock obeys no order; the same lock again is a recursion still', () => {
    const { validator, task, lock, kinds } = setUp({ order: { by: 'ino' } });
    const [one, two] = [lock({ ino: 1 }), lock({ ino: 2 })];
    validator.acquire(task, two);
    validator.acquire(task, one, { trylock: true });
    validator.release(task, one);
    expect(kinds()).toEqual([]);
    validator.acquire(task, two);
    expect(kinds()).toEqual(['recursive']);
  });
});

describe('LD16: an order that is learned', () => {
  test('the first pair that breaks the only order left is reported, with the pair that had shown it', () => {
    const { validator, task, lock } = setUp();
    nest(validator, task, lock({ address: 0x1000, ino: 9, sb: 1 }), lock({ address: 0x2000, ino: 3, sb: 1 }));
    nest(validator, task, lock({ address: 0x1000, ino: 4, sb: 1 }), lock({ address: 0x3000, ino: 5, sb: 1 }));
    expect(validator.reports).toEqual([]);
    nest(validator, task, lock({ address: 0x5000, ino: 6, sb: 1 }), lock({ address: 0x4000, ino: 7, sb: 1 }));
    expect(validator.reports).toMatchObject([
      {
        kind: 'instance-order',
        by: 'address',
        pair: { outer: { address: 0x5000 }, inner: { address: 0x4000 } },
        earlier: { outer: { address: 0x1000, ino: 9 }, inner: { address: 0x2000, ino: 3 } },
      },
    ]);
  });

  test('by inode number, when addresses do not explain it; descending is an order too', () => {
    const { validator, task, lock, kinds } = setUp();
    nest(validator, task, lock({ address: 1, ino: 9 }), lock({ address: 2, ino: 3 }));
    nest(validator, task, lock({ address: 2, ino: 5 }), lock({ address: 1, ino: 4 }));
    expect(kinds()).toEqual([]);
    nest(validator, task, lock({ address: 1, ino: 1 }), lock({ address: 2, ino: 2 }));
    expect(validator.reports).toMatchObject([{ kind: 'instance-order', by: 'ino, descending' }]);
  });

  test('instances without keys are judged as ever: LD1', () => {
    const { validator, task, kinds } = setUp();
    const key = new LockKey({ name: 'plain' });
    nest(validator, task, validator.lock(key), validator.lock(key));
    expect(kinds()).toEqual(['recursive']);
  });
});

describe('LD17: the same two objects the other way round after one was recycled', () => {
  const first = { address: 0x1000, ino: 100, sb: 1 };
  const second = { address: 0x2000, ino: 200, sb: 1 };
  const moved = { address: 0x0800, ino: 200, sb: 1 };

  test('by address it is a note, once, and no error', () => {
    const { validator, task, lock } = setUp({ order: { by: 'address' } });
    nest(validator, task, lock(first), lock(second));
    nest(validator, task, lock(moved), lock(first));
    expect(validator.reports).toMatchObject([{ kind: 'order-flip', level: 'note', by: 'address' }]);
  });

  test('what is ordered by number and nests under it breaks its own order', () => {
    const { validator, task, lock } = setUp({ order: { by: 'address' } });
    const clusters = new LockKey({ name: 'cluster buffer', order: { by: 'ino' } });
    const both = (outer: OrderKeys, inner: OrderKeys): void => {
      const locks = [lock(outer), validator.lock(clusters, { orderKeys: outer }), lock(inner)] as const;
      const buffer = validator.lock(clusters, { orderKeys: inner });
      validator.acquire(task, locks[0]);
      validator.acquire(task, locks[2]);
      validator.acquire(task, locks[1]);
      validator.acquire(task, buffer);
      for (const held of [buffer, locks[1], locks[2], locks[0]]) validator.release(task, held);
    };
    both(first, second);
    expect(validator.reports).toEqual([]);
    both(moved, first);
    expect(validator.reports.map((report) => [report.kind, report.level])).toEqual([
      ['order-flip', 'note'],
      ['instance-order', 'error'],
    ]);
  });
});

describe('LD18: two classes with orders of their own', () => {
  function twoClasses() {
    const validator = new Validator({ sites: false });
    const task = validator.task('t');
    const iolock = new LockKey({ name: 'iolock', order: { by: 'address' } });
    const ilock = new LockKey({ name: 'ilock', order: { by: 'ino' } });
    const inode = (address: number, ino: number) => ({
      iolock: validator.lock(iolock, { orderKeys: { address, ino } }),
      ilock: validator.lock(ilock, { orderKeys: { address, ino } }),
    });
    return { validator, task, inode };
  }

  test('class by class is safe although the orders differ', () => {
    const { validator, task, inode } = twoClasses();
    const [a, b] = [inode(1, 20), inode(2, 10)];
    for (const lock of [a.iolock, b.iolock, b.ilock, a.ilock]) validator.acquire(task, lock);
    expect(validator.reports).toEqual([]);
  });

  test('interleaved is reported, at the second lock of the outer class', () => {
    const { validator, task, inode } = twoClasses();
    const [a, b] = [inode(1, 10), inode(2, 20)];
    validator.acquire(task, a.iolock);
    validator.acquire(task, a.ilock);
    expect(validator.reports).toEqual([]);
    validator.acquire(task, b.iolock, { subclass: 1 });
    expect(validator.reports.map((report) => report.kind)).toContain('interleaved-order');
  });
});
