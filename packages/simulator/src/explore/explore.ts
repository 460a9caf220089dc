/** Exploring a program: `explore` for tasks written as generators, `exploreAsync` where some are async functions. */
import type { Work } from '../engine/drive.ts';
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
  return stage.drive(workOf(stage, chosen));
}

/**
 * As {@link explore}, for programs with async tasks: real code that awaits locks of `@lockdep/locks` and operations of the simulation.
 *
 * While it runs, locks of this process belong to the exploration; do not let other code use them meanwhile. Explorations started together
 * run one after the other. Needs Node.
 */
export async function exploreAsync(program: Program, options: ExploreOptions = {}): Promise<ExploreResult> {
  const chosen = settings(options);
  const stage = new Stage(program, chosen);
  return await stage.driveAsync(workOf(stage, chosen));
}

function workOf({ world }: Stage, chosen: Settings): Work<ExploreResult> {
  return chosen.strategy === 'replay' ? replaying(world, chosen) : new Exploration(world, chosen).run();
}
