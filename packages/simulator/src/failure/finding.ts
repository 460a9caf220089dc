/**
 * What is wrong with an execution, as data with a signature: two executions with one signature fail in the same way.
 *
 * A deadlock's signature is its circle (who wants what), an assertion's is its text and its task. The minimiser accepts a shorter
 * schedule only when the signature recurs.
 */

import { isDeadlocked } from '../engine/run-execution.ts';
import type { Ending } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { findCircle, type Wait, waits } from './wait-cycle.ts';

/** The ways in which an execution can be wrong. */
export type FailureKind = 'deadlock' | 'assertion' | 'exception' | 'oracle' | 'livelock' | 'leaked-lock';

export interface Finding {
  readonly kind: FailureKind;
  readonly signature: string;
  /** One sentence. */
  readonly message: string;
  /** For a deadlock: each waits for the next, or (without a circle) all that are stuck. */
  readonly waits: readonly Wait[];
  /** Where it was thrown, if something was. */
  readonly stack?: string;
}

/** Everything wrong with the execution that has just ended. */
export function findings(world: World, ending: Ending): Finding[] {
  const found = world.checks.failures.map((_, index) => recorded(world, index));
  if (ending !== 'complete') return found;
  if (isDeadlocked(world)) found.push(deadlock(world));
  else if (world.leaks) found.push(...leaked(world));
  return found;
}

/** The same, of an execution that goes on: what more steps cannot undo. */
export function certainFindings(world: World): Finding[] {
  const found = world.checks.failures.map((_, index) => recorded(world, index));
  const circle = findCircle(world);
  if (circle !== null) found.push(deadlockOf(circle, true));
  else if (world.leaks) found.push(...leaked(world));
  return found;
}

/** A failure noted in the course of the execution, by number. */
export function recorded(world: World, index: number): Finding {
  const { kind, message, task, error } = world.checks.failures[index]!;
  const name = task < 0 ? '' : world.tasks[task]!.name;
  return {
    kind,
    signature: `${kind} ${name} ${message}`,
    message: name === '' ? message : `${name}: ${message}`,
    waits: [],
    ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

/** Of an execution in which nobody can move. */
export function deadlock(world: World): Finding {
  const circle = findCircle(world);
  return circle === null
    ? deadlockOf(
        waits(world).filter((wait) => !isDaemon(world, wait.task)),
        false,
      )
    : deadlockOf(circle, true);
}

export function deadlockOf(members: readonly Wait[], isCircle: boolean): Finding {
  const words = members.map(({ task, wants, owned, heldBy }) => {
    const holders = heldBy.length === 0 ? '' : ` (held by ${heldBy.join(', ')})`;
    return owned ? `${task} waits at '${wants}'${holders}` : `${task} waits for ${wants}${holders}`;
  });
  const key = members.map(({ task, wants }) => `${task}: ${wants}`).sort();
  return {
    kind: 'deadlock',
    signature: `deadlock ${isCircle ? 'circle' : 'stuck'} ${key.join('; ')}`,
    message: words.join('; '),
    waits: members,
  };
}

function isDaemon(world: World, name: string): boolean {
  return world.tasks.some((task) => task.name === name && task.daemon);
}

/** Locks held by tasks that have ended. */
export function leaked(world: World): Finding[] {
  const found: Finding[] = [];
  for (const object of world.objects) {
    if (object === undefined || !object.owned || object.kind === 'task') continue;
    const holders = object.holders();
    if (holders.length === 0) continue;
    for (const holder of new Set(holders)) {
      const task = world.tasks[holder]!;
      if (!task.finished) continue;
      const message = `${task.name} has ended holding ${object.kind} ${object.name}`;
      found.push({ kind: 'leaked-lock', signature: `leaked-lock ${task.name} ${object.name}`, message, waits: [] });
    }
  }
  return found;
}
