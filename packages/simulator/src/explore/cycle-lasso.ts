/** A cycle that the search of states has closed, as a livelock: when every task that could move all along it does move in it. */
import type { Work } from '../engine/drive.ts';
import type { World } from '../engine/world.ts';
import type { Lasso } from '../failure/livelock.ts';
import { record } from '../failure/record.ts';
import type { CacheSearch } from '../search/cache-search.ts';

export function* cycleLasso(world: World, search: CacheSearch): Work<Lasso | null> {
  const start = search.cycle;
  const movers = new Set(search.cycleTasks());
  if (movers.size === 0 || !search.cycleEnabled().every((task) => movers.has(task))) return null;
  if ([...movers].every((task) => world.tasks[task]!.daemon)) return null;
  const steps = yield* record(world, world.count + 1);
  const loop = steps.slice(start);
  const names = [...new Set(loop.map(({ task }) => task))];
  const key = [...new Set(loop.map(({ task, label }) => `${task}: ${label}`))].sort();
  const message = `${names.join(', ')} repeat ${loop.length} step${loop.length === 1 ? '' : 's'} for ever`;
  return {
    finding: { kind: 'livelock', signature: `livelock ${key.join('; ')}`, message, waits: [] },
    stem: steps.slice(0, start),
    loop,
  };
}
