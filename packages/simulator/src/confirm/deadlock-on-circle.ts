/**
 * Is the deadlock there that a report speaks of? Looked for among the tasks that cannot move: a ring of them, each waiting for the next,
 * that goes round the report's circle. Cost: exponential in the tasks of the ring at worst, and there are few.
 */
import type { Validator } from '@lockdep/core';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import { deadlockOf, type Finding } from '../failure/finding.ts';
import { isBlocked, isUnsignalled, waitOf } from '../failure/wait-cycle.ts';
import type { Circle, Waiting } from './circle.ts';
import { heldClasses } from './held-classes.ts';
import { lockClassOf, wantsLock } from './lock-step.ts';

/**
 * The deadlock, or null. While others may still move (`isOver` false) only locks count, whose holders have to let go; who will signal a
 * completion is known when nobody can move any more.
 */
export function deadlockOn(world: World, validator: Validator, circle: Circle, isOver: boolean): Finding | null {
  const stuck: SimTask[] = [];
  for (const index of world.live) {
    const task = world.tasks[index]!;
    if (isBlocked(world, task) && wantsLock(task.pending!) && !isUnsignalled(task)) stuck.push(task);
  }
  if (stuck.length === 0) return null;
  const candidates = stuck.filter(({ pending }) => circle.has(lockClassOf(pending!)));
  const isOn = (ring: readonly SimTask[]): boolean =>
    circle.isRealisedBy(ring.map((task, at) => waitingOf(world, validator, ring.at(at - 1)!, task)));
  for (const task of candidates) {
    const ring = ringFrom(candidates, [task], isOver, isOn);
    if (ring !== null)
      return deadlockOf(
        ring.map((member) => waitOf(world, member)),
        true,
      );
  }
  return null;
}

function ringFrom(
  candidates: readonly SimTask[],
  path: readonly SimTask[],
  isOver: boolean,
  isOn: (ring: readonly SimTask[]) => boolean,
): readonly SimTask[] | null {
  for (const next of waitedFor(path.at(-1)!, candidates, isOver)) {
    if (next === path[0]) {
      if (isOn(path)) return path;
    } else if (!path.includes(next) && next.index > path[0]!.index) {
      const ring = ringFrom(candidates, [...path, next], isOver, isOn);
      if (ring !== null) return ring;
    }
  }
  return null;
}

/** Which of the candidates have to move before the task can. */
function waitedFor(task: SimTask, candidates: readonly SimTask[], isOver: boolean): readonly SimTask[] {
  const { object } = task.pending!;
  if (!object.owned && !isOver) return [];
  if (object.kind === 'completion') return candidates;
  const blockers = object.blockers(task.pending!, task.index);
  return candidates.filter(({ index }) => blockers.includes(index));
}

function waitingOf(world: World, validator: Validator, previous: SimTask, task: SimTask): Waiting {
  const wanted = previous.pending!;
  const held = heldClasses(world, validator, task);
  // Who has promised a completion is known to the validator alone; who has the permits of a semaphore, to nobody for certain.
  const holdsPrevious =
    wanted.object.kind === 'completion'
      ? held.has(lockClassOf(wanted))
      : wanted.object.kind === 'sem' || wanted.object.holders().includes(task.index);
  return { lockClass: lockClassOf(task.pending!), holdsPrevious, held };
}
