/** `memalloc_nofs_save` and `memalloc_nofs_restore` around a piece of kernel code: no allocation in it enters a file system. */
import type { Engine } from './engine.ts';
import type { Proc } from './machine.ts';

/** Runs `body` in a NOFS scope of the current task; scopes nest. Source: `include/linux/sched/mm.h`. */
export function* nofsScope<T>(engine: Engine, body: () => Proc<T>): Proc<T> {
  const saved = engine.memory.nofsSave();
  const result = yield* body();
  engine.memory.nofsRestore(saved);
  return result;
}
