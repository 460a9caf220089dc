/**
 * For each kind of report: the rule it broke, in one sentence, and what people usually do about it, best first.
 *
 * Data only, so that every renderer (and `lockdep explain`) says the same.
 */
import type { ReportKind } from '@lockdep/core';

/** What a kind of report means and how it is usually cured. */
export interface Cure {
  /** The rule that was broken. */
  readonly rule: string;
  /** The usual cures, the best first. */
  readonly cures: readonly string[];
}

/** The table, by kind. */
export const cures: Readonly<Record<ReportKind, Cure>> = {
  recursive: {
    rule: 'A task must not block on a lock of a class it already holds, unless something orders the locks of that class.',
    cures: [
      'the very same lock: drop it first, or split the function into a locking and a lock-held variant',
      'a fixed hierarchy (parent before child): give the inner level a subclass',
      'equal locks in an order (address, inode number): give the class a comparison and take them in that order',
      'all of them under one outer lock: name that lock as the nest lock',
    ],
  },
  circular: {
    rule: 'Classes of locks must nest in one order: no chain of dependencies may lead back to where it began.',
    cures: [
      'choose one order and take both locks in it everywhere',
      'drop the outer lock before waiting for the inner one, and check again after taking it back',
      'take the inner one with trylock, and back off when that fails',
      'if the instances can never meet: give them classes (keys, subclasses) of their own',
      'a reader that may nest freely: use a recursive read',
    ],
  },
  'bad-unlock': {
    rule: 'Only the task that holds a lock may release, downgrade, re-class, transfer or pin it, in the context it took it in.',
    cures: [
      'release exactly once, on every path: use a guard or try … finally',
      'a lock that is given to another task: transfer it, then release it there',
      'check that the lock released is the lock that was taken (a field may have been reassigned in between)',
    ],
  },
  'held-freed': {
    rule: 'A lock must not be initialised again or disposed of while it is held.',
    cures: [
      'release it before disposing of its object',
      'take a reference on the object for as long as its lock is held',
    ],
  },
  'held-at-exit': {
    rule: 'A task must release everything before it ends.',
    cures: [
      'release on every path, errors included: use a guard or try … finally',
      'a lock meant to outlive the task: transfer it to its new owner',
    ],
  },
  'nest-not-held': {
    rule: 'A nest lock vouches for the order of the locks under it only while it is held, and taken before them.',
    cures: ['take the nest lock first', 'name the lock that really serialises these acquisitions'],
  },
  'invalid-wait-context': {
    rule: 'A lock that may wait long must not be taken where only short waits are allowed: by the context or by a lock already held.',
    cures: [
      'take the long-waiting lock first, outside the short one',
      'move the work out of the context or the short section (a work item, after the release)',
      'use a kind of lock that is allowed here on both sides',
    ],
  },
  'inconsistent-state': {
    rule: 'A lock taken in an interrupting context must never be held elsewhere with that context enabled.',
    cures: [
      'disable the context while the lock is held outside it (the _irqsave or _bh variants)',
      'do not take the lock in the context: defer the work',
    ],
  },
  'irq-inversion': {
    rule: 'A lock taken in an interrupting context must not lead to a lock that is held with that context enabled.',
    cures: [
      'disable the context wherever the unsafe lock is taken',
      'do not take the unsafe lock under the safe one',
      'do not take the safe lock in the context: defer the work',
    ],
  },
  'irq-order': {
    rule: 'A lock taken in an interrupting context must not lead to a lock that is held with that context enabled.',
    cures: [
      'disable the context wherever the unsafe lock is taken',
      'take the wanted lock before the one held, or after dropping it',
      'do not take the safe lock in the context: defer the work',
    ],
  },
  'instance-order': {
    rule: 'Locks of one class that are held together must be taken in one order of the class: the declared one, or the one kept so far.',
    cures: [
      'take the two in that order everywhere: sort them, or use a helper that locks two',
      'keys that do not compare (inode numbers of two super blocks): order by a tuple that does, or by address',
      'one of the two by trylock, backing off when it fails',
    ],
  },
  'order-flip': {
    rule: 'An order by address is stable only while both objects live: the same two can come back the other way round.',
    cures: [
      'harmless by itself; do not derive another order (buffers, records keyed by number) from it',
      'if something keyed by number nests under it: order by number instead',
    ],
  },
  'interleaved-order': {
    rule: 'Classes with orders of their own are taken one after the other: all locks of one class, then all of the next.',
    cures: ['take both locks of the outer class before the first of the inner one'],
  },
  'ww-api': {
    rule: 'Wound/wait locks: one acquire context a task, back off completely on a deadlock answer, finish the context when done.',
    cures: [
      'on a deadlock answer release every lock of the context, take the contended one first, then start over',
      'take no lock of the context after it is done',
    ],
  },
  deadlock: {
    rule: 'Tasks must not wait for each other in a circle.',
    cures: [
      'take the locks in one order everywhere',
      'release before waiting',
      'take one of them with trylock or a time limit, and back off',
    ],
  },
  assertion: {
    rule: 'What the code asserts about held locks and the context must be true on every way into it.',
    cures: ['take (or drop) the lock in the caller that lacks it', 'if the rule has changed, correct the assertion'],
  },
  pin: {
    rule: 'A pinned lock must stay held until the one who pinned it unpins it with its cookie.',
    cures: [
      'do not drop the lock in a function called between pin and unpin',
      'pass the cookie to the function that may drop it: unpin, drop, take, pin again',
    ],
  },
  'bad-contention': {
    rule: 'Waiting is announced only for a lock that was asked for: acquire, then contended, then acquired.',
    cures: [
      'announce the acquisition before the wait',
      'do not announce a wait after it was cancelled or the lock released',
    ],
  },
};
