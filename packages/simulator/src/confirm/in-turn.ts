/** The plainest schedule: each task runs until it has to wait, then the next in turn. */
import type { Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { nextInTurn } from '../failure/in-turn.ts';

const NOBODY: ReadonlySet<number> = new Set();

export class InTurn implements Selector {
  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World, count: number): number {
    const last = world.count === 0 ? -1 : world.pathTask[world.count - 1]!;
    if (last >= 0 && world.isEnabled(last) && !world.tasks[last]!.yielded) return last;
    return nextInTurn(world, count, last, NOBODY);
  }

  choose(): number {
    return 0;
  }

  end(): void {}
}
