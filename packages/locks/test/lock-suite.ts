/** What every lock promises, whatever its kind and side: run against each by lock-suite.test.ts. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Validator } from '@lockdep/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AcquireLockOptions,
  type BaseLock,
  type Guard,
  LockMisuseError,
  LockTimeoutError,
  lockdep,
  type Step,
} from '../src/index.ts';

/** One side of a lock: its write side, its read side, its only side. */
export interface Side {
  readonly lock: BaseLock;
  acquire(options?: AcquireLockOptions): Promise<void>;
  tryAcquire(): Promise<boolean>;
  guard(options?: AcquireLockOptions): Promise<Guard>;
  run<T>(fn: () => T, options?: AcquireLockOptions): Promise<Awaited<T>>;
  release(): Step;
}

export interface Factory {
  readonly name: string;
  /** How many may be inside at once on this side. */
  readonly capacity: number;
  readonly make: (validator: Validator | null) => Side;
  /** Shuts this side out, until what it returns is called. */
  readonly shut: (side: Side) => Promise<() => void>;
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function lockSuite({ name, make, capacity, shut }: Factory, makeValidator: () => Validator | null): void {
  describe(name, () => {
    let validator: Validator | null;
    let side: Side;

    beforeEach(() => {
      validator = makeValidator();
      side = make(validator);
    });

    /** Whatever a test did well, the validator has nothing to say about it, and nobody holds anything. */
    let clean = true;
    afterEach(() => {
      expect(side.lock.state.waiters()).toEqual([]);
      if (!clean) return;
      expect(validator?.reports ?? []).toEqual([]);
      if (validator !== null) expect(validator.holders(side.lock.instance!)).toEqual([]);
    });
    beforeEach(() => {
      clean = true;
    });

    /** Takes all places, each in a task of its own; answers a function that gives one back. */
    async function fill(): Promise<() => void> {
      const leave: (() => void)[] = [];
      for (let i = 0; i < capacity; i++) {
        await new Promise<void>((inside) => {
          void lockdep.task(`filler ${i}`, async () => {
            await side.acquire();
            inside();
            await new Promise<void>((resolve) => leave.push(resolve));
            side.release();
          });
        });
      }
      return () => leave.shift()!();
    }

    test('is taken at once when it is free, and can be taken again after', async () => {
      for (let i = 0; i < 3; i++) {
        await side.acquire();
        expect(side.lock.state.holders()).toHaveLength(1);
        side.release();
        expect(side.lock.state.holders()).toHaveLength(0);
      }
    });

    test('tryAcquire answers whether it got in', async () => {
      expect(await side.tryAcquire()).toBe(true);
      side.release();
      const open = await shut(side);
      expect(await side.tryAcquire()).toBe(false);
      open();
      await turn();
      expect(await side.tryAcquire()).toBe(true);
      side.release();
    });

    test('lets waiters in, in order of arrival', async () => {
      const open = await shut(side);
      const order: number[] = [];
      const waiters = [1, 2, 3, 4].map((number) =>
        lockdep.task(`waiter ${number}`, async () => {
          await side.acquire();
          order.push(number);
          await turn();
          side.release();
        }),
      );
      await turn();
      expect(side.lock.waiting).toBe(4);
      open();
      await Promise.all(waiters);
      expect(order).toEqual([1, 2, 3, 4]);
    });

    test('never lets in more than it may', async () => {
      let inside = 0;
      let most = 0;
      const contenders = Array.from({ length: 12 }, (_, number) =>
        lockdep.task(`contender ${number}`, () =>
          side.run(async () => {
            inside += 1;
            most = Math.max(most, inside);
            for (let i = 0; i <= number % 3; i++) await turn();
            inside -= 1;
          }),
        ),
      );
      await Promise.all(contenders);
      expect(most).toBe(Math.min(capacity, 12));
      expect(inside).toBe(0);
    });

    test('run gives the result, and releases when the body throws or rejects', async () => {
      expect(await side.run(() => 42)).toBe(42);
      expect(await side.run(async () => 'later')).toBe('later');
      const thrown = new Error('thrown');
      await expect(
        side.run(() => {
          throw thrown;
        }),
      ).rejects.toBe(thrown);
      await expect(side.run(() => Promise.reject(thrown))).rejects.toBe(thrown);
      expect(side.lock.locked).toBe(false);
    });

    test('a guard releases once, however often it is asked', async () => {
      const guard = await side.guard();
      expect(guard.held).toBe(true);
      guard.release();
      guard.release();
      guard[Symbol.dispose]();
      expect(guard.held).toBe(false);
      expect(side.lock.state.holders()).toHaveLength(0);
      {
        await using second = await side.guard();
        expect(second.held).toBe(true);
        expect(side.lock.state.holders()).toHaveLength(1);
      }
      {
        using third = await side.guard();
        expect(third.held).toBe(true);
      }
      expect(side.lock.state.holders()).toHaveLength(0);
    });

    test('a guard that waited releases its own hold', async () => {
      const open = await shut(side);
      const waiting = lockdep.task('guarded', async () => {
        await using guard = await side.guard();
        await turn();
        return guard.held;
      });
      await turn();
      open();
      expect(await waiting).toBe(true);
      expect(side.lock.state.holders()).toHaveLength(0);
    });

    test('gives up after timeoutMs, and says who held it', async () => {
      const open = await shut(side);
      const error = await lockdep.task('hurried', () => side.acquire({ timeoutMs: 5 }).then(String, (e: unknown) => e));
      expect(error).toBeInstanceOf(LockTimeoutError);
      const timeout = error as LockTimeoutError;
      expect(timeout.lock).toBe(side.lock.label);
      expect(timeout.waitedMs).toBeGreaterThanOrEqual(4);
      expect(timeout.holders[0]?.task).toMatch(/filler 0|shutter/);
      expect(timeout.message).toMatch(/was not granted within \d+ ms: held by '(filler 0|shutter)' \(/);
      open();
      await turn();
      await side.acquire({ timeoutMs: 1000 });
      side.release();
    });

    test('a waiter that gives up leaves the order of the others alone', async () => {
      const open = await shut(side);
      const order: string[] = [];
      const waiter = (label: string, options?: AcquireLockOptions) =>
        lockdep.task(label, async () => {
          try {
            await side.acquire(options);
          } catch {
            order.push(`${label} gave up`);
            return;
          }
          order.push(label);
          side.release();
        });
      const all = [waiter('a'), waiter('b', { timeoutMs: 3 }), waiter('c')];
      await new Promise((resolve) => setTimeout(resolve, 15));
      open();
      await Promise.all(all);
      expect(order).toEqual(['b gave up', 'a', 'c']);
    });

    test('gives up with the reason of an aborted signal, before and while waiting', async () => {
      const reason = new Error('enough');
      await expect(side.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const open = await shut(side);
      const controller = new AbortController();
      const waiting = lockdep.task('aborted', () => side.acquire({ signal: controller.signal }));
      await turn();
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      open();
      await turn();
      expect(side.lock.state.holders()).toHaveLength(0);
    });

    test('an abort after it was granted changes nothing', async () => {
      const controller = new AbortController();
      await side.acquire({ signal: controller.signal, timeoutMs: 1 });
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(side.lock.state.holders()).toHaveLength(1);
      side.release();
    });

    test('refuses impossible options', async () => {
      await expect(side.acquire({ timeoutMs: -1 })).rejects.toThrow(/timeoutMs is -1: give the milliseconds/);
      await expect(side.acquire({ timeoutMs: Number.NaN })).rejects.toThrow(RangeError);
      expect(() => side.acquire({ subclass: 8 })).toThrow(/subclass is 8: it is a level from 0 to 7/);
      expect(side.lock.state.holders()).toHaveLength(0);
    });

    test('a release of what nobody holds is an error that says what to do', () => {
      clean = false;
      expect(() => side.release()).toThrow(LockMisuseError);
      expect(() => side.release()).toThrow(/release of '.*', which is held by nobody: acquire it first/);
    });

    test('a critical section runs in its own context, never in that of the releaser', async () => {
      const context = new AsyncLocalStorage<string>();
      const open = await context.run('releaser', () => shut(side));
      const seen: (string | undefined)[] = [];
      const waiters = ['a', 'b'].map((who) =>
        context.run(who, () =>
          lockdep.task(who, async () => {
            await side.run(() => seen.push(context.getStore()));
            await side.acquire();
            seen.push(context.getStore());
            side.release();
          }),
        ),
      );
      await turn();
      context.run('opener', open);
      await Promise.all(waiters);
      expect(seen.filter((who) => who === 'a')).toHaveLength(2);
      expect(seen.filter((who) => who === 'b')).toHaveLength(2);
    });

    test('a full lock is left and entered many times', async () => {
      const leave = await fill();
      const later = Array.from({ length: 50 }, (_, i) => lockdep.task(`later ${i}`, () => side.run(() => i)));
      await turn();
      for (let i = 0; i < capacity; i++) leave();
      expect(await Promise.all(later)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    });
  });
}
