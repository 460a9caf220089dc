/** Every lock's waiting rules against the plain reference, by random operations; and the promises each kind makes. */
import { READ, WRITE } from '@lockdep/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BitLockState,
  type LockState,
  MutexState,
  type Policy,
  ReaderWriterState,
  RwLockState,
  RwSemaphoreState,
  SemaphoreState,
  SpinLockState,
} from '../../src/index.ts';
import { type Kind, Reference } from './reference.ts';

const make: Record<Kind, (policy: Policy, count: number, limit: number) => LockState<number>> = {
  mutex: (policy) => new MutexState(policy),
  spin: (policy) => new SpinLockState(policy),
  bit: (policy) => new BitLockState(policy),
  rwsem: (policy) => new RwSemaphoreState(policy, 'head'),
  'rwsem-all': (policy) => new RwSemaphoreState(policy, 'all'),
  rwlock: (policy) => new RwLockState(policy),
  semaphore: (policy, count, limit) => new SemaphoreState(count, policy, limit),
};
const kinds = Object.keys(make) as Kind[];
const shared = (kind: Kind): boolean => kind.startsWith('rw');

const WHO = 6;
const operation = fc.record({
  act: fc.constantFrom('try', 'enqueue', 'enqueue', 'grant', 'grant', 'release', 'release', 'cancel', 'downgrade'),
  who: fc.nat(WHO - 1),
  mode: fc.constantFrom(WRITE, READ),
});

type Act = { act: string; who: number; mode: number };

/** Applies one operation to both and answers what both said. */
function apply(lock: LockState<number>, model: Reference, { act, who, mode }: Act): [unknown, unknown] {
  const entry = { who, mode: shared(model.kind) ? mode : WRITE };
  switch (act) {
    case 'try': {
      const admits = model.admitsNew(entry);
      if (admits) model.enter(entry);
      return [lock.tryAcquire(who, entry.mode), admits];
    }
    case 'enqueue':
      if (model.queue.some((other) => other.who === who)) return [null, null];
      lock.enqueue(who, entry.mode);
      model.queue.push(entry);
      return [null, null];
    case 'grant':
      return [lock.grant(who), model.grant(who)];
    case 'release':
      return [lock.release(who), model.release(who)];
    case 'cancel':
      return [lock.cancel(who), model.cancel(who)];
    default:
      return lock instanceof ReaderWriterState ? [lock.downgrade(who), model.downgrade(who)] : [null, null];
  }
}

function sameState(lock: LockState<number>, model: Reference): void {
  expect(lock.waiters()).toEqual(model.queue.map((entry) => entry.who));
  expect([...lock.holders()].sort()).toEqual(model.holds.map((hold) => hold.who).sort());
  const asked = [...new Set(lock.waiters())];
  expect(asked.filter((who) => lock.canGrant(who))).toEqual(model.grantable());
  for (const mode of [WRITE, READ])
    expect(lock.canAcquire(99, mode)).toBe(model.admitsNew({ who: 99, mode: shared(model.kind) ? mode : WRITE }));
}

/** Whoever may enter waits for nobody; whoever may not waits for somebody (of a semaphore used as a signal, nobody in particular). */
function blockersExplain(lock: LockState<number>): void {
  if (lock instanceof SemaphoreState && lock.holders().length === 0) return;
  for (const who of lock.waiters()) expect(lock.blockers(who).length === 0).toBe(lock.canGrant(who));
}

describe.each(kinds)('%s', (kind) => {
  test.each(['fifo', 'any'] as const)('does what the reference does (%s)', (policy) => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), fc.nat(3), fc.nat(2), (operations, count, spare) => {
        const limit = count + spare;
        const lock = make[kind](policy, count, limit);
        const model = new Reference(kind, policy, count, limit);
        for (const step of operations) {
          const [said, expected] = apply(lock, model, step);
          expect(said).toEqual(expected);
          sameState(lock, model);
          blockersExplain(lock);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('equal keys mean equal futures', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 25 }),
        fc.array(operation, { maxLength: 25 }),
        fc.array(operation, { maxLength: 8 }),
        (one, other, then) => {
          const locks = [one, other].map((operations) => {
            const lock = make[kind]('fifo', 2, 3);
            const model = new Reference(kind, 'fifo', 2, 3);
            for (const step of operations) apply(lock, model, step);
            return { lock, model };
          });
          fc.pre(locks[0]!.lock.key() === locks[1]!.lock.key());
          for (const step of then) {
            const [first, second] = locks.map(({ lock, model }) => apply(lock, model, step)[0]);
            expect(first).toEqual(second);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('nobody is forgotten: granting and releasing empties any queue', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 40 }),
        fc.constantFrom<Policy>('fifo', 'any'),
        (operations, policy) => {
          const lock = make[kind](policy, 1, 2);
          const model = new Reference(kind, policy, 1, 2);
          for (const step of operations) apply(lock, model, step);
          for (let round = 0; lock.waiters().length > 0; round++) {
            expect(round).toBeLessThan(200);
            const next = lock.waiters().find((who) => lock.canGrant(who));
            if (next !== undefined) expect(lock.grant(next)).toBe(true);
            else expect(lock.release(lock.holders()[0]!)).not.toBeNull();
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('a batch of readers enters together, up to the next writer', () => {
  const sem = new RwSemaphoreState<string>();
  expect(sem.tryAcquire('w0', WRITE)).toBe(true);
  for (const reader of ['r1', 'r2']) sem.enqueue(reader, READ);
  sem.enqueue('w3', WRITE);
  sem.enqueue('r4', READ);
  expect(sem.release('w0')).toEqual(['r1', 'r2']);
  expect(sem.canAcquire('r5', READ)).toBe(false);
});

test('with batch `all` the readers behind a writer enter with the one at the head', () => {
  const sem = new RwSemaphoreState<string>('fifo', 'all');
  expect(sem.tryAcquire('w0', WRITE)).toBe(true);
  sem.enqueue('r1', READ);
  sem.enqueue('w2', WRITE);
  sem.enqueue('r3', READ);
  expect(sem.release('w0')).toEqual(['r1', 'r3']);
  sem.enqueue('r4', READ);
  expect(sem.waiters()).toEqual(['r1', 'r3', 'w2', 'r4']);
  expect(sem.canGrant('r4')).toBe(false);
});

test('a release in the wrong mode is misuse and changes nothing', () => {
  const sem = new RwSemaphoreState<string>();
  sem.tryAcquire('w', WRITE);
  expect(sem.release('w', READ)).toBeNull();
  expect(sem.downgrade('other')).toBeNull();
  expect(sem.holders()).toEqual(['w']);
});

test('the hold of a bit lock can be handed to another, who then holds it', () => {
  const bit = new BitLockState<string>();
  bit.tryAcquire('submitter');
  expect(bit.transfer('nobody', 'io')).toBe(false);
  expect(bit.transfer('submitter', 'io')).toBe(true);
  expect(bit.holders()).toEqual(['io']);
});

test('a semaphore refuses an impossible start', () => {
  expect(() => new SemaphoreState(-1)).toThrow(RangeError);
  expect(() => new SemaphoreState(3, 'fifo', 2)).toThrow(/from 0 to its limit 2, not 3/);
});
