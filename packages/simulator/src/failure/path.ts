/**
 * The way an execution went: tasks and outcomes step by step, and its cost for a reader.
 *
 * A *preemption* is a switch away from a task that could have gone on. Short is: few preemptions, then few tasks, switches, steps.
 */
import type { World } from '../engine/world.ts';

/** `n` steps of one task. */
export interface Segment {
  readonly task: number;
  readonly steps: number;
}

export interface Path {
  /** Tasks and outcomes, step by step. */
  readonly order: { readonly tasks: Int32Array; readonly choices: Int32Array };
  readonly segments: readonly Segment[];
  /** Outcomes of each task's choices, in its order. */
  readonly choices: ReadonlyMap<number, readonly number[]>;
  readonly preemptions: number;
  readonly tasks: number;
  readonly steps: number;
}

/** The path of the execution that has just run. */
export function pathOf(world: World, preemptions: number, choices: ReadonlyMap<number, readonly number[]>): Path {
  const segments: { task: number; steps: number }[] = [];
  for (let at = 0; at < world.count; at++) {
    const task = world.pathTask[at]!;
    const last = segments.at(-1);
    if (last?.task === task) last.steps++;
    else segments.push({ task, steps: 1 });
  }
  return {
    order: { tasks: world.pathTask.slice(0, world.count), choices: world.pathChoice.slice(0, world.count) },
    segments,
    choices,
    preemptions,
    tasks: new Set(segments.map(({ task }) => task)).size,
    steps: world.count,
  };
}

/** Whether `a` is easier to read than `b`. */
export function isShorter(a: Path, b: Path): boolean {
  const cost = (path: Path): number[] => [path.preemptions, path.tasks, path.segments.length, path.steps];
  const [left, right] = [cost(a), cost(b)];
  const differs = left.findIndex((value, index) => value !== right[index]);
  return differs >= 0 && left[differs]! < right[differs]!;
}
