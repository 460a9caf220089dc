/**
 * Names what a task waits for that the scheduler does not own: runs the same steps once more, noting where operations are awaited.
 */
import { SimulatorError } from '../engine/error.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { innermostFrame } from '../failure/innermost-frame.ts';
import type { AsyncTasks } from './async-tasks.ts';
import { runExecutionAsync, StrayWait } from './run-execution-async.ts';

export async function explainStray(world: World, tasks: AsyncTasks, stray: StrayWait): Promise<SimulatorError> {
  const path = new SamePath(world);
  world.captureSites(true);
  let { line } = stray;
  try {
    await runExecutionAsync({ world, selector: path, prefix: 0, maxSteps: path.length }, tasks);
  } catch (error) {
    if (error instanceof StrayWait) line = error.line;
  } finally {
    world.captureSites(false);
  }
  const { lastLabel, lastSite, resource } = line;
  const after = lastLabel === null ? 'before its first step' : `after '${lastLabel}'${at(lastSite)}`;
  const what = `a ${resource!.type}${at(resource!.stack)}`;
  return new SimulatorError(
    'foreign-wait',
    `task '${line.name}' waits, ${after}, for something the scheduler does not own: ${what}. ` +
      'Await operations of the simulation, locks and timers only, and give the code a stand-in that answers with sim.external()',
  );
}

function at(stack: string | null): string {
  const frame = innermostFrame(stack);
  return frame === null ? '' : ` at ${frame}`;
}

/** The steps the world has just taken, as far as they go. */
class SamePath implements Selector {
  readonly #tasks: Int32Array;
  readonly #choices: Int32Array;
  readonly length: number;

  constructor(world: World) {
    this.length = world.count;
    this.#tasks = world.pathTask.slice(0, world.count);
    this.#choices = world.pathChoice.slice(0, world.count);
  }

  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World): number {
    const task = this.#tasks[world.count];
    return task !== undefined && world.isEnabled(task) ? task : -1;
  }

  choose(world: World): number {
    return this.#choices[world.count]!;
  }

  end(_world: World, _ending: Ending): void {}
}
