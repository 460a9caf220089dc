/**
 * Runs one path again and writes down what each step was: the material of diagrams, schedules and replay.
 */
import type { Work } from '../engine/drive.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import { innermostFrame } from './innermost-frame.ts';
import { LabelListener } from './label-listener.ts';
import { waitOf } from './wait-cycle.ts';

export interface RecordedStep {
  readonly task: string;
  readonly label: string;
  /** Numbers of the objects it accessed. */
  readonly objects: readonly number[];
  /** After it the task could not go on: what it waits for, in words. */
  readonly blocked: string | null;
  /** Where in the program it stands: the innermost frame that is not this package's, when sites are captured. */
  readonly site: string | null;
  /** The task before it could have gone on. */
  readonly preempts: boolean;
}

/** Follows the first `length` steps of the world's path. */
class Follow implements Selector {
  readonly #world: World;
  readonly #tasks: Int32Array;
  readonly #choices: Int32Array;
  readonly #recorder: LabelListener;
  readonly steps: RecordedStep[] = [];
  #site: string | null = null;
  #preempts = false;

  constructor(world: World, recorder: LabelListener) {
    this.#world = world;
    this.#tasks = world.pathTask.slice(0, world.count);
    this.#choices = world.pathChoice.slice(0, world.count);
    this.#recorder = recorder;
  }

  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World): number {
    const task = this.#tasks[world.count];
    if (task === undefined) return -1;
    this.#site = world.sites[task] ?? null;
    const last = world.count === 0 ? -1 : this.#tasks[world.count - 1]!;
    this.#preempts = last >= 0 && last !== task && world.isEnabled(last);
    return world.isEnabled(task) ? task : -1;
  }

  choose(world: World): number {
    return this.#choices[world.count]!;
  }

  stepped(_world: World, index: number): void {
    const task = this.#world.tasks[index]!;
    // A promise is settled by code that goes on: nobody is stuck there before the end.
    const waits = task.pending !== null && task.pending !== this.#world.control.promise;
    const isStuck = waits && !this.#world.isEnabled(index);
    this.steps.push({
      task: task.name,
      label: this.#recorder.label,
      objects: this.#recorder.objects,
      blocked: isStuck ? describeWait(this.#world, task) : null,
      site: innermostFrame(this.#site),
      preempts: this.#preempts,
    });
  }

  end(_world: World, _ending: Ending): void {}
}

/** Runs the world's latest path again, to the same end, and answers its steps. */
export function* record(world: World, maxSteps: number): Work<readonly RecordedStep[]> {
  const before = world.listener;
  const recorder = new LabelListener(before);
  const follow = new Follow(world, recorder);
  world.listener = recorder;
  world.captureSites(true);
  try {
    yield { world, selector: follow, prefix: 0, maxSteps };
  } finally {
    world.listener = before;
    world.captureSites(false);
  }
  return follow.steps;
}

/** `waits for PG held by punch` */
export function describeWait(world: World, task: SimTask): string {
  const { wants, object, owned, heldBy } = waitOf(world, task);
  if (task.pending!.object.kind === 'task') return `waits for ${object} to end`;
  if (heldBy.length > 0) return `waits for ${object} held by ${heldBy.join(', ')}`;
  return owned ? `waits: ${wants}` : `waits for ${wants}`;
}
