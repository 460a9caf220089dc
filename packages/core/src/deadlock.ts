/**
 * Deadlock now: tasks that wait for each other in a circle. Looked for whenever a task is about to block.
 *
 * Stuck is the largest set of tasks none of which can go on before another one in the set does: for a counting semaphore all
 * holders of permits have to be stuck, for every other lock one blocker suffices, because all of them have to let go. A task that
 * does not wait itself is stuck with a branch forked under its locks, which it awaits. Cost: the tasks reachable from the
 * one that blocks, usually one or two, times the length of the chain.
 */
import type { Engine } from './engine.ts';
import type { Finding } from './finding.ts';
import type { Lock } from './lock.ts';
import { holdersOf } from './release.ts';
import { plainSite } from './site.ts';
import { PENDING, type Task } from './task.ts';

export function deadlockFinding(engine: Engine, task: Task): Finding | null {
  const circle = circleFrom(engine, task);
  if (circle === null) return null;
  const waits = circle.map((waiter, at) => {
    const { lock, site } = waiter.waiting!;
    const heldBy = circle[(at + 1) % circle.length]!;
    const index = heldIndex(heldBy, lock);
    const wantIndex = waiter.locks.findLastIndex((held, depth) => depth < waiter.depth && held === lock);
    return {
      task: waiter.name,
      wants: { ...engine.heldRef(waiter, wantIndex), site: plainSite(site) },
      heldBy: heldBy.name,
      heldSite: plainSite(index < 0 ? null : engine.heldSite(heldBy, index)),
    };
  });
  const story = waits
    .map(({ task, wants, heldBy }, at) => {
      const holds = heldIndex(circle[(at + 1) % circle.length]!, circle[at]!.waiting!.lock) >= 0;
      return `${task} waits for ${wants.class.name} ${holds ? 'held by' : 'behind'} ${heldBy}`;
    })
    .join(', ');
  return { kind: 'deadlock', message: `deadlock: ${story}`, waits };
}

/** Where a task holds a lock, be it only for its branches; −1 when it merely waits for it, ahead in the queue. */
function heldIndex(task: Task, lock: Lock): number {
  return task.locks.findIndex((held, at) => at < task.depth && held === lock && (task.how(at) & PENDING) === 0);
}

/** The shortest circle through `start`, or null when it can still be woken, or only waits for a circle it is not part of. */
function circleFrom(engine: Engine, start: Task): Task[] | null {
  const stuck = reachable(engine, start);
  let settled = false;
  while (!settled) {
    settled = true;
    for (const task of stuck.keys()) {
      if (!canGoOn(task, stuck)) continue;
      stuck.delete(task);
      settled = false;
    }
  }
  return stuck.has(start) ? shortestCircle(start, stuck) : null;
}

/** Everybody for whom `start` waits, directly or not, with those for whom each waits in turn. */
function reachable(engine: Engine, start: Task): Map<Task, readonly Task[]> {
  const found = new Map<Task, readonly Task[]>();
  const open = [start];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (found.has(task)) continue;
    const next = waitsFor(engine, task);
    found.set(task, next);
    open.push(...next);
  }
  return found;
}

function waitsFor(engine: Engine, task: Task): readonly Task[] {
  const { waiting, children } = task;
  if (waiting !== null) return waiting.blockers?.() ?? holdersOf(engine, waiting.lock);
  return children === null ? [] : [...children].filter((child) => child.awaited);
}

function canGoOn(task: Task, stuck: ReadonlyMap<Task, readonly Task[]>): boolean {
  const blockers = stuck.get(task)!;
  const counting = task.waiting?.lock.key.kind === 'semaphore';
  return counting && blockers.length > 0
    ? blockers.some((blocker) => !stuck.has(blocker))
    : blockers.every((blocker) => !stuck.has(blocker));
}

/** Breadth first over the stuck tasks; those that do not wait themselves are passed through and left out. */
function shortestCircle(start: Task, stuck: ReadonlyMap<Task, readonly Task[]>): Task[] | null {
  const from = new Map<Task, Task>();
  const open = [start];
  for (const task of open) {
    for (const next of stuck.get(task)!) {
      if (next === start) return circleBack(start, task, from);
      if (!stuck.has(next) || from.has(next)) continue;
      from.set(next, task);
      open.push(next);
    }
  }
  return null;
}

function circleBack(start: Task, last: Task, from: ReadonlyMap<Task, Task>): Task[] {
  const circle: Task[] = [];
  for (let task: Task = last; task !== start; task = from.get(task)!) circle.unshift(task);
  return [start, ...circle].filter((task) => task.waiting !== null);
}
