/**
 * Assertions about held locks: the caller's duties of a function, checked where it is entered (`lockdep_assert_held` and its
 * family). They look only at the given task's stack; the other holders are named when one fails.
 */
import type { Engine } from './engine.ts';
import { findAnywhere } from './find-held.ts';
import type { Lock } from './lock.ts';
import { MODE_MASK, modeName, WRITE } from './mode.ts';
import { holdersOf } from './release.ts';
import type { AssertionReport, Report, Site } from './report.ts';
import { plainSite } from './site.ts';
import type { Task } from './task.ts';

/** What can be asserted of one lock. */
export type HeldAssertion = 'held' | 'held-for-write' | 'held-for-read' | 'not-held';

const DEMANDS: Readonly<Record<HeldAssertion, string>> = {
  held: 'must be held',
  'held-for-write': 'must be held for writing',
  'held-for-read': 'must be held for reading',
  'not-held': 'must not be held',
};

/** Does the assertion hold? Only the oldest entry of the lock is looked at, as in `lock_is_held_type`. */
export function holds(task: Task, lock: Lock, asserted: HeldAssertion): boolean {
  const index = findAnywhere(task, lock);
  if (asserted === 'not-held') return index < 0;
  if (index < 0) return false;
  if (asserted === 'held') return true;
  const exclusive = (task.how(index) & MODE_MASK) === WRITE;
  return asserted === 'held-for-write' ? exclusive : !exclusive;
}

/** Checks an assertion; a task in an `off()` scope passes all. Returns the report of a failed one. */
export function assertLock(
  engine: Engine,
  task: Task,
  lock: Lock,
  asserted: HeldAssertion,
  site: Site | null,
): Report | null {
  if (task.off > 0 || holds(task, lock, asserted)) return null;
  const classId = engine.classes.register(lock.entry, lock.subclass);
  const index = findAnywhere(task, lock);
  const ref = index < 0 ? engine.lockRef(lock, classId, WRITE, null) : engine.heldRef(task, index);
  const holders = holdersOf(engine, lock).map((holder) => heldAs(engine, holder, lock));
  const by =
    holders.length > 0
      ? `held by ${holders.map((holder) => `${holder.task} (${holder.mode})`).join(', ')}`
      : 'held by nobody';
  const message = `${engine.classes.get(classId).name} ${DEMANDS[asserted]} by ${task.name} here; it is ${by}`;
  return engine.report({ kind: 'assertion', message, asserted, lock: ref, holders }, task, site);
}

/** Asserts that the task holds nothing at all. */
export function assertNone(engine: Engine, task: Task, site: Site | null): Report | null {
  const held = engine.heldBy(task);
  if (task.off > 0 || held.length === 0) return null;
  const message = `${task.name} must hold no lock here; it holds ${held.map((lock) => lock.class.name).join(', ')}`;
  return engine.report(
    { kind: 'assertion', message, asserted: 'none-held', lock: held.at(-1)!, holders: [] },
    task,
    site,
  );
}

function heldAs(engine: Engine, holder: Task, lock: Lock): AssertionReport['holders'][number] {
  const index = findAnywhere(holder, lock);
  return { task: holder.name, mode: modeName(holder.how(index)), site: plainSite(engine.heldSite(holder, index)) };
}
