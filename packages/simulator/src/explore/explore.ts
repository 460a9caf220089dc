/** Exploring a program: `explore` for tasks written as generators, `exploreAsync` where some are async functions. */
import { driveSync, type Work } from '../engine/drive.ts';
import type { Program } from '../face/program.ts';
import { Exploration } from './exploration.ts';
import { type ExploreOptions, type Settings, settings } from './explore-options.ts';
import type { ExploreResult } from './explore-result.ts';
import { replaying } from './replaying.ts';
import { Stage } from './stage.ts';

/**
 * Runs a program under many schedules and says what can go wrong.
 *
 * @example
 * const result = explore((sim) => {
 *   const a = sim.mutex('A');
 *   const b = sim.mutex('B');
 *   sim.task('t1', function* () {
 *     yield* a.acquire();
 *     yield* b.acquire();
 *     yield* b.release();
 *     yield* a.release();
 *   });
 *   sim.task('t2', function* () {
 *     yield* b.acquire();
 *     yield* a.acquire();
 *     yield* a.release();
 *     yield* b.release();
 *   });
 * });
 * console.log(result.verdict); // 'deadlock'
 * console.log(result.failures[0]?.diagram);
 */
export function explore(program: Program, options: ExploreOptions = {}): ExploreResult {
  const chosen = settings(options);
  const stage = new Stage(program, chosen);
  const leave = stage.enter();
  try {
    return driveSync(workOf(stage, chosen));
  } finally {
    leave();
  }
}

/**
 * As {@link explore}, for programs with async tasks: real code that awaits locks of `@lockdep/locks` and operations of the simulation.
 *
 * While it runs, locks of this process belong to the exploration; do not let other code use them meanwhile. Needs Node.
 */
export async function exploreAsync(program: Program, options: ExploreOptions = {}): Promise<ExploreResult> {
  const { AsyncTasks } = await import('../async/async-tasks.ts');
  const { driveAsync } = await import('../async/drive-async.ts');
  const chosen = settings(options);
  const stage = new Stage(program, chosen);
  const tasks = new AsyncTasks(stage.world);
  stage.runtime.asyncTasks = tasks;
  const leave = stage.enter();
  try {
    return await driveAsync(workOf(stage, chosen), tasks);
  } finally {
    leave();
  }
}

function workOf({ world }: Stage, chosen: Settings): Work<ExploreResult> {
  return chosen.strategy === 'replay' ? replaying(world, chosen) : new Exploration(world, chosen).run();
}
