/**
 * Who waits for whom: the tasks that cannot move, and why nobody will ever let them.
 *
 * Waiting for an owned object (a lock, another task's end) is waiting for each of its holders, so one circle among them is a
 * deadlock whatever the other tasks still do; so is a holder that has ended. Waiting for a signal or a permit has no such proof
 * before nobody can move.
 */
import type { SimObject } from '../engine/sim-object.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';

/** One task of a deadlock: what it waits for and who has it. */
export interface Wait {
  readonly task: string;
  /** What it waits for, in words: the operation it is parked on (`lock B`), or `a signal of c`. */
  readonly wants: string;
  /** The object, by name. */
  readonly object: string;
  /** Whether that has holders who must let go (a lock, a task's end), rather than being signalled. */
  readonly owned: boolean;
  /** Tasks that would have to let it go; empty for a signal nobody is known to owe. */
  readonly heldBy: readonly string[];
}

/** Every task that is parked and cannot move. */
export function waits(world: World): Wait[] {
  return world.tasks
    .filter((task) => isBlocked(world, task) && !isIdle(world, task))
    .map((task) => waitOf(world, task));
}

/** What a blocked task waits for. */
export function waitOf(world: World, task: SimTask): Wait {
  const op = task.pending!;
  if (isUnsignalled(task)) {
    const { name } = op.arg as SimObject;
    return { task: task.name, wants: `a signal of ${name}`, object: name, owned: false, heldBy: [] };
  }
  return {
    task: task.name,
    wants: op.label(),
    object: op.object.name,
    owned: op.object.owned,
    heldBy: op.object.blockers(op, task.index).map((holder) => world.tasks[holder]!.name),
  };
}

/** A circle of tasks each waiting for the next, or a chain that ends at a holder that has ended; null when there is none. */
export function findCircle(world: World): Wait[] | null {
  for (const task of world.tasks) {
    if (!isBlocked(world, task)) continue;
    const circle = follow(world, task, []);
    if (circle !== null) return circle.map((member) => waitOf(world, member));
  }
  return null;
}

function follow(world: World, task: SimTask, path: SimTask[]): SimTask[] | null {
  const place = path.indexOf(task);
  if (place >= 0) return path.slice(place);
  const op = task.pending!;
  if (!op.object.owned || isUnsignalled(task)) return null;
  for (const holder of op.object.blockers(op, task.index)) {
    const other = world.tasks[holder]!;
    if (other.finished) return [...path, task];
    if (!isBlocked(world, other)) continue;
    const found = follow(world, other, [...path, task]);
    if (found !== null) return found;
  }
  return null;
}

/** Waits in a condition: for the signal, not yet for the mutex. */
export function isUnsignalled(task: SimTask): boolean {
  return task.pending!.gated && task.gate < 0;
}

/** A line of async code that may have come to its end. */
function isIdle(world: World, { daemon, pending }: SimTask): boolean {
  return daemon && pending === world.control.promise;
}

export function isBlocked(world: World, task: SimTask): boolean {
  return task.pending !== null && !world.isEnabled(task.index);
}
