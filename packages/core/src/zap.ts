/** Removing classes, with every dependency and every chain they are part of (lockdep_unregister_key, zap_class). */
import { LABEL_BITS } from './chain-trie.ts';
import type { Engine } from './engine.ts';
import type { LockKey } from './lock-key.ts';
import { takeOff } from './release.ts';
import type { Task } from './task.ts';

/** Forgets a key and all its classes. Cost: O(chains + edges of the classes); the ids are free for new classes. */
export function zapKey(engine: Engine, key: LockKey): void {
  zapIds(engine, new Set([...engine.classes.entry(key).ids].filter((id) => id >= 0)));
  engine.classes.forget(key);
}

/** Forgets one class of a key. */
export function zapClass(engine: Engine, key: LockKey, subclass: number): void {
  const id = engine.classes.entry(key).ids[subclass]!;
  if (id >= 0) zapIds(engine, new Set([id]));
}

function zapIds(engine: Engine, gone: ReadonlySet<number>): void {
  const { classes, order, trie, evidence } = engine;
  // Held entries name chains by number; those of a class that goes begin a new life with it.
  const putBack = [...engine.tasks.values()]
    .filter((task) => holdsAny(task, gone))
    .map((task) => takeOff(engine, task));
  for (const id of gone) {
    const edges = order.removeNode(id);
    engine.circles.forget(edges);
    for (const edge of edges) evidence.remove(edge);
    classes.remove(id);
  }
  if (gone.size === 0) return;
  evidence.forgetClasses(gone);
  for (const node of trie.prune((label) => gone.has(label >> LABEL_BITS))) {
    engine.nodeSites[node] = undefined;
    engine.nodeReports.delete(node);
  }
  for (const again of putBack) again();
}

function holdsAny(task: Task, classIds: ReadonlySet<number>): boolean {
  for (let index = 0; index < task.depth; index++) if (classIds.has(task.classOf(index))) return true;
  return false;
}
