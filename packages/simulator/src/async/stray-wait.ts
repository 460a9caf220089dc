/**
 * Names what a task waits for that the scheduler does not own: runs the same steps once more, noting where operations are awaited and which
 * resources (timers, requests) the task makes on the way.
 */
import { createHook } from 'node:async_hooks';
import { SimulatorError } from '../engine/error.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { innermostFrame } from '../failure/innermost-frame.ts';
import type { AsyncTasks } from './async-tasks.ts';
import { runExecutionAsync, StrayWait } from './run-execution-async.ts';

/** Resources that awaiting makes by itself. */
const OWN: ReadonlySet<string> = new Set(['PROMISE', 'Immediate', 'TickObject', 'Microtask']);

export async function explainStray(world: World, tasks: AsyncTasks, stray: StrayWait): Promise<SimulatorError> {
  const path = new SamePath(world);
  const hook = createHook({
    init(_id, type) {
      const body = tasks.here();
      if (body !== undefined && !OWN.has(type)) body.resource = { type, stack: new Error().stack ?? '' };
    },
  });
  world.captureSites(true);
  hook.enable();
  let body = stray.body;
  try {
    await runExecutionAsync({ world, selector: path, prefix: 0, maxSteps: path.length }, tasks);
  } catch (error) {
    if (error instanceof StrayWait) body = error.body;
  } finally {
    hook.disable();
    world.captureSites(false);
  }
  const { task, lastLabel, lastSite, resource } = body;
  const after = lastLabel === null ? 'before its first step' : `after '${lastLabel}'${at(lastSite)}`;
  const what = resource === null ? 'a promise' : `a ${resource.type}${at(resource.stack)}`;
  return new SimulatorError(
    'foreign-wait',
    `task '${task.name}' waits, ${after}, for something the scheduler does not own: ${what}. ` +
      'Await operations of the simulation and of its locks only; for time there is sim.sleep()',
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
