/** Locks and classes that come and go by the million leave nothing behind: the heap at the end is the heap near the start. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LockKey, type Task, Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use when nothing more can be collected. */
function heapUsed(): number {
  for (let round = 0; round < 3; round++) collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

/** Runs `step` `count` times; the growth in bytes from the first tenth to the end. */
function growth(count: number, step: (index: number) => void): number {
  const early = Math.floor(count / 10);
  for (let index = 0; index < early; index++) step(index);
  const before = heapUsed();
  for (let index = early; index < count; index++) step(index);
  return heapUsed() - before;
}

const KIBI = 1024;

/** Takes the outer lock, then the inner one, and lets go of both. */
function nest(validator: Validator, task: Task, outer: LockKey, inner: LockKey): void {
  const [a, b] = [validator.lock(outer), validator.lock(inner)];
  validator.acquire(task, a);
  validator.acquire(task, b, { mode: 'read' });
  validator.release(task, b);
  validator.release(task, a);
  validator.disposeLock(task, b);
  validator.disposeLock(task, a);
}

describe('memory stays flat', () => {
  test('1,000,000 locks of two classes, made, nested and disposed of', () => {
    const validator = new Validator();
    const task = validator.task('main');
    const [outer, inner] = [new LockKey({ name: 'outer' }), new LockKey({ name: 'inner', kind: 'rwsem' })];
    const grown = growth(500_000, () => nest(validator, task, outer, inner));
    console.log(`1,000,000 locks: ${(grown / KIBI).toFixed(0)} KiB more`);
    expect(grown).toBeLessThan(256 * KIBI);
    expect(validator.stats()).toMatchObject({ classes: 2, dependencies: 1, chains: 2, heldLocks: 0, reports: 0 });
  });

  test('10,000 classes, registered, nested, reported on and removed', () => {
    const validator = new Validator();
    const task = validator.task('main');
    const lasting = new LockKey({ name: 'lasting' });
    const grown = growth(10_000, (index) => {
      const key = new LockKey({ name: `class ${index % 100}` });
      nest(validator, task, lasting, key);
      nest(validator, task, key, lasting); // closes a circle, which is reported
      validator.zap(key);
    });
    console.log(`10,000 classes: ${(grown / KIBI).toFixed(0)} KiB more`);
    expect(grown).toBeLessThan(512 * KIBI);
    expect(validator.stats()).toMatchObject({ classes: 1, dependencies: 0, zappedClasses: 10_000 });
    // Reports stay: one for each circle of names, however often it came.
    expect(validator.reports).toHaveLength(100);
  });

  test('100,000 tasks, begun under a held lock and ended', () => {
    const validator = new Validator();
    const parent = validator.task('parent');
    const [outer, inner] = [new LockKey({ name: 'outer' }), new LockKey({ name: 'inner' })].map((key) =>
      validator.lock(key),
    );
    validator.acquire(parent, outer!);
    const grown = growth(100_000, () => {
      const child = validator.task('child', { parent });
      validator.acquire(child, inner!);
      validator.release(child, inner!);
      validator.endTask(child);
      validator.joinTask(parent, child);
    });
    console.log(`100,000 tasks: ${(grown / KIBI).toFixed(0)} KiB more`);
    expect(grown).toBeLessThan(512 * KIBI);
    expect(validator.stats().tasks).toBe(1);
  });

  test('10,000 classes at once, each nested in the next, cost what they cost and go again', () => {
    const validator = new Validator({ sites: false });
    const task = validator.task('main');
    const before = heapUsed();
    let keys: LockKey[] | null = Array.from({ length: 10_000 }, (_, index) => new LockKey({ name: `class ${index}` }));
    for (let index = 1; index < keys.length; index++) nest(validator, task, keys[index - 1]!, keys[index]!);
    const perClass = (heapUsed() - before) / keys.length;
    for (const key of keys.toReversed().slice(0, 300)) validator.zap(key); // each walks all chains: a few are enough
    keys = null;
    console.log(`10,000 classes at once: ${perClass.toFixed(0)} bytes each`);
    expect(perClass).toBeLessThan(4 * KIBI);
    validator.engine.order.checkInvariants();
  });
});
