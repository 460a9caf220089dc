/**
 * An allocation: what it may wait for is told to the validator, always; and where the engine has `directReclaim`, the scheduler
 * chooses whether memory is short at this moment, and what is reclaimed for it.
 *
 * Without that option it takes no step: there is memory.
 */
import type { Engine } from './engine.ts';
import type { GfpFlags } from './gfp.ts';
import type { Proc } from './machine.ts';
import type { Shrinker } from './shrink-control.ts';

/** Allocates memory with a mask. Source: `mm/page_alloc.c: __alloc_pages`. */
export function* allocPages(engine: Engine, gfp: GfpFlags): Proc {
  const { memory, directReclaim, machine } = engine;
  const context = memory.context(gfp);
  if (!memory.mightAlloc(context) || directReclaim === 'never' || memory.shrinkers.length === 0) return;
  const which = yield* machine.choose(1 + memory.shrinkers.length, 'reclaim in an allocation');
  if (which > 0) yield* tryToFreePages(engine, context, memory.shrinkers[which - 1]!);
}

/** `try_to_free_pages`: reclaim by a task that needs memory, under whatever it holds. */
export function* tryToFreePages(engine: Engine, gfp: GfpFlags, shrinker: Shrinker): Proc<boolean> {
  engine.memory.enterReclaim(gfp);
  const reclaimed = yield* shrinker.scan({ gfp, kswapd: false, memcg: engine.directReclaim === 'memcg' });
  engine.memory.leaveReclaim(gfp);
  return reclaimed;
}
