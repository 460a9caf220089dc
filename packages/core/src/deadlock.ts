/**
 * Deadlock now: tasks that wait for each other in a circle. Looked for whenever a task is about to block; O(waiting tasks).
 *
 * A waiter is stuck when what it waits for cannot come: for a counting semaphore all holders of permits must be stuck, for
 * every other lock one blocker that is stuck suffices, because all of them have to let go. A task is also stuck when a branch
 * forked under its locks is (it awaits its branches), and a branch that waits for an ancestor closes a circle.
 */
import type { Engine } from './engine.ts';
import type { Finding } from './finding.ts';
import { holdersOf } from './release.ts';
import { plainSite } from './site.ts';
import type { Task } from './task.ts';

export function deadlockFinding(engine: Engine, task: Task): Finding | null {
  const circle = circleFrom(engine, task);
  if (circle === null) return null;
  const waits = circle.map((waiter, at) => {
    const { lock, site } = waiter.waiting!;
    const heldBy = circle[(at + 1) % circle.length]!;
    const index = heldBy.locks.findIndex((held, depth) => depth < heldBy.depth && held === lock);
    const wantIndex = waiter.locks.findLastIndex((held, depth) => depth < waiter.depth && held === lock);
    return {
      task: waiter.name,
      wants: { ...engine.heldRef(waiter, wantIndex), site: plainSite(site) },
      heldBy: heldBy.name,
      heldSite: plainSite(index < 0 ? null : engine.heldSite(heldBy, index)),
    };
  });
  const story = waits
    .map((wait) => `${wait.task} waits for ${wait.wants.class.name} held by ${wait.heldBy}`)
    .join(', ');
  return { kind: 'deadlock', message: `deadlock: ${story}`, waits };
}

function circleFrom(engine: Engine, start: Task): Task[] | null {
  const path: Task[] = [];
  const dead = new Set<Task>();
  const visit = (task: Task): boolean => {
    if (path.length > 0 && isAncestor(task, start)) return true;
    if (path.includes(task) || dead.has(task)) return false;
    if (task.waiting === null) return task.children !== null && [...task.children].some(visit);
    const { lock, blockers } = task.waiting;
    const holders = blockers?.() ?? holdersOf(engine, lock);
    path.push(task);
    const counting = lock.key.kind === 'semaphore';
    const stuck =
      holders.length > 0 &&
      (counting ? holders.every((holder) => visit(holder) || holder === task) : holders.some(visit));
    if (!stuck) {
      path.pop();
      dead.add(task);
    }
    return stuck;
  };
  return visit(start) ? path : null;
}

/** Whether `task` is `of`, or forked it directly or indirectly. */
function isAncestor(task: Task, of: Task): boolean {
  for (let at: Task | null = of; at !== null; at = at.parent) if (at === task) return true;
  return false;
}
