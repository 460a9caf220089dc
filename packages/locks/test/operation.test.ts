/** What a lock method returns: a promise as cheap to await as any. */
import { expect, test } from 'vitest';
import { Mutex, Operation } from '../src/index.ts';

const mutex = (): Mutex => new Mutex({ validator: null });

test('awaiting an acquisition that need not wait takes one microtask, like a settled promise', async () => {
  const lock = mutex();
  const order: string[] = [];
  const settled = Promise.resolve();
  await Promise.all([
    (async () => {
      await settled;
      order.push('promise before');
    })(),
    (async () => {
      await lock.acquire();
      order.push('acquired');
    })(),
    (async () => {
      await settled;
      order.push('promise after');
    })(),
  ]);
  expect(order).toEqual(['promise before', 'acquired', 'promise after']);
});

test('it is a promise, and what is derived from it is a plain one', async () => {
  const lock = mutex();
  const operation = lock.acquire();
  expect(operation).toBeInstanceOf(Operation);
  expect(operation).toBeInstanceOf(Promise);
  const derived = operation.then(() => 'derived');
  expect(derived).not.toBeInstanceOf(Operation);
  expect(await derived).toBe('derived');
  expect(await operation.finally(() => {})).toBeUndefined();
  lock.release();
});

test('it starts when it is called, and says what it is', async () => {
  const lock = mutex();
  const first = lock.acquire();
  expect(lock.locked).toBe(true);
  const second = lock.acquire();
  expect(second === first).toBe(false);
  expect(lock.waiting).toBe(1);
  expect([second.kind, second.lock, second.mode]).toEqual(['acquire', lock, 0]);
  lock.release();
  await second;
  lock.release();
});

test('without waiting, the same operation is given again', () => {
  const lock = mutex();
  const first = lock.acquire();
  lock.release();
  const second = lock.acquire();
  expect(second === first).toBe(true);
});
