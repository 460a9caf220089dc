/** Runs a recorded schedule against the program as it is now. */
import type { Work } from '../engine/drive.ts';
import { isDeadlocked } from '../engine/run-execution.ts';
import type { World } from '../engine/world.ts';
import type { Failure } from '../failure/failure.ts';
import { findings } from '../failure/finding.ts';
import { LabelListener } from '../failure/label-listener.ts';
import { makeFailure, makeLivelock } from '../failure/make-failure.ts';
import { StrictReplay } from '../failure/strict-replay.ts';
import type { Settings } from './explore-options.ts';
import type { ExploreResult } from './explore-result.ts';

export function* replaying(world: World, settings: Settings): Work<ExploreResult> {
  const started = performance.now();
  const labels = new LabelListener(world.listener);
  const selector = new StrictReplay(settings.schedule!, () => labels.label);
  const inner = world.listener;
  world.listener = labels;
  selector.plan();
  const ending = yield { world, selector, prefix: 0, maxSteps: settings.steps };
  world.listener = inner;
  const { divergence } = selector;
  const steps = world.count;
  const isDead = ending === 'complete' && isDeadlocked(world);
  const found = divergence === null ? findings(world, ending) : [];
  const failures: Failure[] = [];
  const [tasks, choices] = [world.pathTask.slice(0, steps), world.pathChoice.slice(0, steps)];
  // The loop of a livelock stands in its schedule once: whether it comes again and again is looked at from its end.
  if (ending === 'step-bound' || (world.gaveWay && divergence === null && found.length === 0)) {
    if (ending === 'complete') world.count = Math.min(steps, selector.length);
    const livelock = yield* makeLivelock(world, 1);
    if (livelock !== null) failures.push(livelock);
  }
  for (const finding of found) {
    world.pathTask.set(tasks);
    world.pathChoice.set(choices);
    world.count = steps;
    failures.push(yield* makeFailure(world, finding, 1, { maxSteps: settings.steps, effort: 0 }));
  }
  const failing = failures.filter(({ kind }) => kind !== 'deadlock').length > 0 ? 1 : 0;
  return {
    verdict: isDead ? 'deadlock' : failing > 0 ? 'fail' : 'ok',
    strategy: 'replay',
    seed: settings.seed,
    executions: ending === 'complete' ? 1 : 0,
    distinctTraces: ending === 'complete' ? 1 : 0,
    deadlocks: isDead ? 1 : 0,
    failing,
    sleepBlocked: 0,
    stepBounded: ending === 'step-bound' ? 1 : 0,
    steps,
    exhausted: false,
    estimate: { newTrace: null, total: null, exact: true, statement: divergence?.message ?? 'one schedule replayed' },
    failures,
    reports: settings.validator?.reports ?? [],
    ms: performance.now() - started,
    divergence,
  };
}
