/** From failures as they were met to failures as a result carries them: minimised, drawn, ready to replay. */
import type { Work } from '../engine/drive.ts';
import type { World } from '../engine/world.ts';
import type { Failure } from '../failure/failure.ts';
import { makeFailure } from '../failure/make-failure.ts';
import type { Settings } from './explore-options.ts';
import type { FoundFailure } from './found-failures.ts';

/** Livelocks first, then the others in their order, no more than asked for. */
export function* describeFailures(
  world: World,
  livelocks: readonly Failure[],
  found: Iterable<FoundFailure>,
  { steps: maxSteps, minimise: effort, failures: most }: Settings,
): Work<readonly Failure[]> {
  const failures = [...livelocks];
  for (const { finding, execution, tasks, choices, occurrences } of found) {
    if (failures.length >= most) break;
    world.layOut(tasks, choices);
    const failure = yield* makeFailure(world, finding, execution, { maxSteps, effort });
    failure.occurrences = occurrences;
    failures.push(failure);
  }
  return failures;
}
