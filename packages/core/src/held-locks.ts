/** A dump of all tasks: who holds what, since when, taken where; who waits for what, and who holds that ("Showing all locks held in the system"). */
import type { Engine } from './engine.ts';
import { holdersOf } from './release.ts';
import type { LockRef } from './report.ts';
import { plainSite } from './site.ts';
import { INHERITED, PENDING, type Task } from './task.ts';

export interface HeldLock extends LockRef {
  /** How long it has been held, in microseconds; only while statistics are on. */
  readonly heldUs?: number;
}

/** A task, what it holds and what it waits for. */
export interface TaskLocks {
  readonly task: string;
  /** Oldest first; what the task is still waiting for is not among them. */
  readonly held: readonly HeldLock[];
  readonly waitsFor: LockRef | null;
  /** Who holds that, and how long the task has been waiting, in microseconds. */
  readonly heldBy: readonly string[];
  readonly waitedUs: number | null;
}

/** Every task that holds or waits for something, in order of creation. */
export function heldLocks(engine: Engine, now: number): TaskLocks[] {
  const dump: TaskLocks[] = [];
  for (const task of engine.tasks.values()) {
    const held = ownEntries(task).map((index) => {
      const since = engine.statistics === null ? undefined : task.since[index];
      return { ...engine.heldRef(task, index), ...(since === undefined ? {} : { heldUs: now - since }) };
    });
    if (held.length === 0 && task.waiting === null) continue;
    dump.push({ task: task.name, held, ...waitOf(engine, task, now) });
  }
  return dump;
}

function waitOf(engine: Engine, task: Task, now: number): Pick<TaskLocks, 'waitsFor' | 'heldBy' | 'waitedUs'> {
  if (task.waiting === null) return { waitsFor: null, heldBy: [], waitedUs: null };
  const { lock, site, since } = task.waiting;
  const index = task.locks.findLastIndex((held, depth) => depth < task.depth && held === lock);
  const waitsFor = { ...engine.heldRef(task, index), site: plainSite(site) };
  return { waitsFor, heldBy: holdersOf(engine, lock).map((holder) => holder.name), waitedUs: now - since };
}

function ownEntries(task: Task): number[] {
  const indexes: number[] = [];
  for (let index = 0; index < task.depth; index++) {
    if ((task.how(index) & (PENDING | INHERITED)) === 0) indexes.push(index);
  }
  return indexes;
}
