/**
 * The miss path of a release, and everything else that changes the middle of a held stack: out-of-order release, downgrade,
 * re-classing, hand-over. The entries above are taken off and acquired again with all checks, because what lies
 * directly under them has changed (lockdep.c: reacquire_held_locks). Cost: O(entries above).
 */
import { acquire } from './acquire.ts';
import { HARDIRQ } from './context-kinds.ts';
import type { Engine } from './engine.ts';
import { findReleasable } from './find-held.ts';
import type { Lock } from './lock.ts';
import { MODE_MASK, NESTED, READ, SUBCLASS_SHIFT, TRYLOCK, UNCHECKED } from './mode.ts';
import type { BadUnlockReport, Site } from './report.ts';
import { COUNT, COUNTED, INHERITED, PENDING, PINNED, PINS, ROW, SITED, type Task } from './task.ts';

/** Entry flags that survive a re-acquisition. */
const KEPT = COUNTED | PENDING | INHERITED | PINNED;

interface Entry {
  readonly lock: Lock;
  readonly how: number;
  readonly subclass: number;
  readonly enabled: number;
  readonly count: number;
  readonly pins: number;
  readonly nest: Lock | null;
  readonly site: Site | null;
  readonly since: number | undefined;
}

/** Releases a lock wherever it is on the stack; reports and does nothing when it is not there. */
export function release(engine: Engine, task: Task, lock: Lock): void {
  const index = findReleasable(task, lock);
  if (index < 0) {
    reportBadUnlock(engine, task, lock, 'release');
    return;
  }
  const row = index * ROW;
  const how = task.how(index);
  if ((how & PINNED) !== 0) {
    engine.report(
      {
        kind: 'pin',
        message: `${engine.classes.get(task.classOf(index)).name} is released while it is pinned`,
        lock: engine.heldRef(task, index),
        what: 'released-while-pinned',
      },
      task,
      null,
    );
  }
  if ((how & COUNTED) !== 0) {
    task.held[row + COUNT]! -= 1;
    if (task.held[row + COUNT]! > 0) return;
  }
  removeEntry(engine, task, index);
}

/** Takes one entry off and puts back what was above it. */
export function removeEntry(engine: Engine, task: Task, index: number): void {
  const above = entriesFrom(engine, task, index + 1);
  cutAt(task, index);
  putBack(engine, task, above);
}

/** write → read, in place. */
export function downgrade(engine: Engine, task: Task, lock: Lock): void {
  const index = findReleasable(task, lock);
  if (index < 0) {
    reportBadUnlock(engine, task, lock, 'downgrade');
    return;
  }
  const [entry, ...above] = entriesFrom(engine, task, index);
  cutAt(task, index);
  putBack(engine, task, [{ ...entry!, how: (entry!.how & ~MODE_MASK) | READ }, ...above]);
}

/** Gives a held lock another class, as if it had been taken with it. */
export function reclassHeld(engine: Engine, task: Task, lock: Lock, change: () => void, subclass: number): void {
  const index = findReleasable(task, lock);
  if (index < 0) {
    reportBadUnlock(engine, task, lock, 'set-class');
    return;
  }
  const [entry, ...above] = entriesFrom(engine, task, index);
  cutAt(task, index);
  change();
  putBack(engine, task, [{ ...entry!, subclass }, ...above]);
}

/** Moves a held entry to the top of another task's stack: the taker must not be checked, it never waited. */
export function transfer(engine: Engine, from: Task, to: Task, lock: Lock): void {
  const index = findReleasable(from, lock);
  if (index < 0) {
    reportBadUnlock(engine, from, lock, 'transfer');
    return;
  }
  const entry = entriesFrom(engine, from, index)[0]!;
  removeEntry(engine, from, index);
  acquire(engine, to, lock, askedAgain(entry) | TRYLOCK, null, entry.site);
}

/** Copies a parent's oldest held locks below a forked child's own: they order what the child takes, but are not the child's. */
export function inherit(engine: Engine, parent: Task, child: Task, depth: number): void {
  const replayed = { enabled: child.enabled, count: 0, flags: INHERITED };
  for (const [index, entry] of entriesFrom(engine, parent, 0).slice(0, depth).entries()) {
    if ((entry.how & PENDING) !== 0) continue;
    // A child's chains are formed where it is forked; the lock was taken where the parent took it.
    const site = engine.sites ? engine.heldSite(parent, index) : entry.site;
    acquire(engine, child, entry.lock, askedAgain(entry) | TRYLOCK, null, site, replayed);
  }
}

/** The parent released a lock its children inherited: it no longer orders what they, or their children, take. */
export function disinherit(engine: Engine, child: Task, lock: Lock): void {
  for (let index = child.depth - 1; index >= 0; index--) {
    if (child.locks[index] !== lock || (child.how(index) & INHERITED) === 0) continue;
    removeEntry(engine, child, index);
    break;
  }
  if (child.children !== null) for (const grandchild of child.children) disinherit(engine, grandchild, lock);
}

export function reportBadUnlock(engine: Engine, task: Task, lock: Lock, action: BadUnlockReport['action']): void {
  const subclass = lock.subclass;
  const classId = engine.classes.register(lock.entry, subclass);
  const holders = holdersOf(engine, lock);
  const { name } = engine.classes.get(classId);
  const who = holders.length > 0 ? `held by ${holders.map((holder) => holder.name).join(', ')}` : 'held by nobody';
  engine.report(
    {
      kind: 'bad-unlock',
      message: `${action} of ${name}, which this task does not hold here (${who})`,
      lock: engine.lockRef(lock, classId, subclass << SUBCLASS_SHIFT, null),
      action,
      holders: holders.map((holder) => holder.name),
    },
    task,
    null,
  );
}

/** The tasks that hold a lock themselves, granted. O(tasks × depth); for reports and waiting only. */
export function holdersOf(engine: Engine, lock: Lock): Task[] {
  const holders: Task[] = [];
  for (const task of engine.tasks.values()) {
    for (let index = 0; index < task.depth; index++) {
      if (task.locks[index] === lock && (task.how(index) & (PENDING | INHERITED)) === 0) {
        holders.push(task);
        break;
      }
    }
  }
  return holders;
}

function entriesFrom(engine: Engine, task: Task, start: number): Entry[] {
  const entries: Entry[] = [];
  for (let index = start; index < task.depth; index++) {
    const row = index * ROW;
    const how = task.how(index);
    entries.push({
      lock: task.locks[index]!,
      how,
      subclass: engine.classes.classes[task.classOf(index)]?.subclass ?? 0,
      enabled: task.enabledOf(index),
      count: task.held[row + COUNT]!,
      pins: (how & PINNED) !== 0 ? task.held[row + PINS]! : 0,
      nest: (how & NESTED) !== 0 ? (task.nests[index] ?? null) : null,
      site: (how & SITED) !== 0 ? (task.sites[index] ?? null) : null,
      since: task.since[index],
    });
  }
  return entries;
}

/** Takes everything off a stack; the function returned acquires it again, as what its locks' classes are then. */
export function takeOff(engine: Engine, task: Task): () => void {
  const entries = entriesFrom(engine, task, 0);
  cutAt(task, 0);
  return () => putBack(engine, task, entries);
}

function cutAt(task: Task, index: number): void {
  task.depth = index;
}

/** The acquisition an entry was made by, without what only the stack knows. */
function askedAgain(entry: Entry): number {
  return (entry.how & (MODE_MASK | TRYLOCK | UNCHECKED)) | (entry.subclass << SUBCLASS_SHIFT);
}

/** Only the hard interrupt's state belongs to the entry (`hlock->hardirqs_off`); the other contexts are today's. */
const OWN_CONTEXTS = 1 << HARDIRQ;

function putBack(engine: Engine, task: Task, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const enabled = (entry.enabled & OWN_CONTEXTS) | (task.enabled & ~OWN_CONTEXTS);
    const pushed = acquire(engine, task, entry.lock, askedAgain(entry), entry.nest, entry.site, {
      enabled,
      count: entry.count,
      flags: entry.how & KEPT,
    });
    if (!pushed) continue;
    if (entry.pins !== 0) task.held[(task.depth - 1) * ROW + PINS] = entry.pins;
    if (entry.since !== undefined) task.since[task.depth - 1] = entry.since;
  }
}
