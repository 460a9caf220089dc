/**
 * Entering, leaving, disabling and enabling contexts. Enabling one marks every checked lock held as held with it enabled, which is
 * when a conflict with an earlier use of the class inside the context is found (lockdep.c: lockdep_hardirqs_on_prepare).
 */
import { markUsage } from './checks/usage.ts';
import type { Engine } from './engine.ts';
import { UNCHECKED } from './mode.ts';
import type { Site } from './report.ts';
import type { Task } from './task.ts';
import { usageBit } from './usage.ts';

/** Contexts nest: the kind is left when it was exited as often as entered. */
export function enterContext(engine: Engine, task: Task, kind: string, threaded: boolean): void {
  const number = engine.contexts.number(kind);
  const bit = 1 << number;
  if (task.enterDepth[number]! === 0) task.threaded &= ~bit;
  task.enterDepth[number]! += 1;
  task.entered |= bit;
  if (threaded) task.threaded |= bit;
  engine.contextChanged(task);
}

export function exitContext(engine: Engine, task: Task, kind: string): void {
  const number = engine.contexts.number(kind);
  if (task.enterDepth[number]! > 0) task.enterDepth[number]! -= 1;
  if (task.enterDepth[number] === 0) task.entered &= ~(1 << number);
  engine.contextChanged(task);
}

export function disableContext(engine: Engine, task: Task, kind: string): void {
  task.enabled &= ~(1 << engine.contexts.number(kind));
  engine.contextChanged(task);
}

/** Redundant enabling does nothing. */
export function enableContext(engine: Engine, task: Task, kind: string, site: Site | null): void {
  const bit = 1 << engine.contexts.number(kind);
  if ((task.enabled & bit) !== 0) return;
  const before = engine.contexts.effective(task.enabled);
  task.enabled |= bit;
  engine.contextChanged(task);
  if (task.off === 0) markHeld(engine, task, engine.contexts.effective(task.enabled) & ~before, site);
}

/** Marks what is held as held with these kinds (a mask) enabled, one kind after the other. */
export function markHeld(engine: Engine, task: Task, kinds: number, site: Site | null): void {
  for (let kind = 0; kind < engine.contexts.kinds.length; kind++) {
    if ((kinds & (1 << kind)) === 0) continue;
    for (let index = 0; index < task.depth; index++) {
      const how = task.how(index);
      if ((how & UNCHECKED) !== 0) continue;
      const used = { lock: task.locks[index]!, classId: task.classOf(index), how, site };
      const bit = usageBit.enabled(kind, (how & 3) !== 0 ? 1 : 0);
      markUsage(engine, used, 1 << bit, (finding) => engine.report(finding, task, site));
    }
  }
}
