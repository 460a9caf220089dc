/** One execution from beginning to end: the kept prefix, then step by step as the selector says. */
import { SimulatorError } from './error.ts';
import type { Ending, Selector } from './selector.ts';
import { markOf, NO_CHOICE, type World } from './world.ts';

/** Runs one execution of a program whose tasks are generators; `prefix` steps are taken from the world's path. */
export function runExecution(world: World, selector: Selector, prefix: number, maxSteps: number): Ending {
  world.restart();
  for (let i = 0; i < prefix; i++) repeatStep(world);
  selector.begin(world);
  const ending = walk(world, selector, maxSteps);
  if (ending === 'complete' && !isDeadlocked(world)) world.checks.askFinals();
  selector.end(world, ending);
  return ending;
}

function walk(world: World, selector: Selector, maxSteps: number): Ending {
  if (selector.draw !== undefined) return drawOn(world, selector as Required<Selector>, maxSteps);
  for (;;) {
    const count = world.collectEnabled();
    if (count === 0) return 'complete';
    // Daemons may go on for ever: when everybody else has ended, the program has.
    if (world.count >= maxSteps) return isDeadlocked(world) ? 'step-bound' : 'complete';
    const task = selector.pick(world, count);
    if (task < 0) return 'pruned';
    const { choices } = world.tasks[task]!.pending!;
    world.step(task, choices === 1 ? NO_CHOICE : selector.choose(world, task, choices));
    selector.stepped?.(world, task);
  }
}

function drawOn(world: World, selector: Required<Selector>, maxSteps: number): Ending {
  for (;;) {
    const task = selector.draw(world);
    if (task < 0) return 'complete';
    if (world.count >= maxSteps) return isDeadlocked(world) ? 'step-bound' : 'complete';
    const { choices } = world.tasks[task]!.pending!;
    world.step(task, choices === 1 ? NO_CHOICE : selector.choose(world, task, choices));
  }
}

/** The next step of the path, which must be possible as it was before. */
export function repeatStep(world: World): void {
  const at = world.count;
  const task = world.pathTask[at]!;
  const { pending, name } = world.tasks[task]!;
  if (!world.isEnabled(task) || markOf(pending!) !== world.pathMark[at]) {
    const now = pending === null ? 'has ended' : `is at '${pending.label()}'`;
    throw new SimulatorError(
      'nondeterministic',
      `step ${at + 1}: '${name}' ${now}, which is not where it was in the last execution after the same steps. The program depends on something ` +
        'the scheduler does not control (time, randomness, state kept between executions): create all state inside the program',
    );
  }
  world.step(task, world.pathChoice[at]!);
}

/** Whether somebody who should have ended has not; asked when nobody can move. */
export function isDeadlocked({ tasks, live }: World): boolean {
  for (let i = 0; i < live.length; i++) if (!tasks[live[i]!]!.daemon) return true;
  return false;
}
