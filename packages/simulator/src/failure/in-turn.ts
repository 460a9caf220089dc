/** Taking turns: who goes next when nobody is named. Cost: linear in the enabled tasks. */
import type { World } from '../engine/world.ts';

/** The next enabled task after `last` in order of creation, of those not left out; −1 for none. One that gives way does not come straight back. */
export function nextInTurn(world: World, count: number, last: number, without: ReadonlySet<number>): number {
  let first = -1;
  for (let i = 0; i < count; i++) {
    const task = world.enabled[i]!;
    if (without.has(task)) continue;
    if (task > last) return task;
    if (first < 0) first = task;
  }
  return first;
}
