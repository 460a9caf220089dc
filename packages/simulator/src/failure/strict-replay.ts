/**
 * Replay of a recorded schedule, step by step, comparing labels: the first that differs ends it, with what was recorded and what is.
 *
 * A choice's outcome is found by its label. When the schedule ends before the program does, what is left runs without preemption.
 */
import type { Op } from '../engine/op.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import type { Divergence } from '../explore/explore-result.ts';
import { describeWait } from './record.ts';
import { type Schedule, type ScheduledStep, stepsOf } from './schedule.ts';

export class StrictReplay implements Selector {
  readonly #steps: readonly ScheduledStep[];
  #ran = false;
  #op: Op | null = null;
  divergence: Divergence | null = null;
  /** Label of the latest step; kept by whoever listens to the world. */
  readonly #labelOf: () => string;

  constructor(schedule: Schedule, labelOf: () => string) {
    this.#steps = stepsOf(schedule);
    this.#labelOf = labelOf;
  }

  /** Steps of the schedule. */
  get length(): number {
    return this.#steps.length;
  }

  plan(): number {
    if (this.#ran) return -1;
    this.#ran = true;
    return 0;
  }

  begin(): void {}

  pick(world: World, count: number): number {
    if (this.divergence !== null) return -1;
    const step = this.#steps[world.count];
    if (step === undefined) return goOn(world, count);
    const task = taskOf(world, step);
    if (task === undefined || !world.isEnabled(task.index)) {
      this.divergence = divergence(world.count, step, whyNot(world, step));
      return -1;
    }
    this.#op = task.pending;
    // A step known to be another one must not run; one that is known only by its result is compared afterwards.
    const now = task.pending!.label();
    if (task.pending!.choices === 1 && !step.label.startsWith(now)) {
      this.divergence = divergence(world.count, step, `${task.name}: ${now}`);
      return -1;
    }
    return task.index;
  }

  choose(world: World, _task: number, choices: number): number {
    const step = this.#steps[world.count];
    if (step === undefined) return 0;
    for (let choice = 0; choice < choices; choice++) {
      if (this.#op!.label(outcome(this.#op!, choice)) === step.label) return choice;
    }
    this.divergence = divergence(world.count, step, `${step.task}: ${this.#op!.label()} has no such outcome`);
    return 0;
  }

  stepped(world: World, task: number): void {
    const step = this.#steps[world.count - 1];
    if (step === undefined || this.divergence !== null) return;
    const now = this.#labelOf();
    if (now !== step.label) this.divergence = divergence(world.count - 1, step, `${world.tasks[task]!.name}: ${now}`);
  }

  end(world: World, ending: Ending): void {
    const step = this.#steps[world.count];
    if (step === undefined || this.divergence !== null || ending !== 'complete') return;
    this.divergence = divergence(world.count, step, whyNot(world, step));
  }
}

function taskOf(world: World, step: ScheduledStep): SimTask | undefined {
  return world.tasks.find(({ name, started }) => started && name === step.task);
}

/** Why the recorded task cannot take its step. */
function whyNot(world: World, step: ScheduledStep): string {
  const task = taskOf(world, step);
  if (task === undefined) return `there is no task '${step.task}'`;
  return task.pending === null ? `${task.name} has ended` : `${task.name} ${describeWait(world, task)}`;
}

function goOn(world: World, count: number): number {
  const last = world.count === 0 ? -1 : world.pathTask[world.count - 1]!;
  if (last >= 0 && world.isEnabled(last) && !world.tasks[last]!.yielded) return last;
  for (let i = 0; i < count; i++) if (world.enabled[i]! > last) return world.enabled[i]!;
  return world.enabled[0]!;
}

function outcome(op: Op, choice: number): unknown {
  const { options } = op.arg as { options: readonly unknown[] | null };
  return options === null ? choice : options[choice];
}

function divergence(at: number, step: ScheduledStep, now: string): Divergence {
  const recorded = `${step.task}: ${step.label}`;
  return { step: at + 1, recorded, now, message: `diverged at step ${at + 1}: recorded '${recorded}', now '${now}'` };
}
