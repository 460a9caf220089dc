/** Removing a key: its classes go, with every dependency and every chain they are part of (lockdep_unregister_key). */
import { LABEL_BITS } from './acquire.ts';
import type { Engine } from './engine.ts';
import type { LockKey } from './lock-key.ts';

/** Cost: O(chains + edges of the classes). Ids are free for new classes afterwards. */
export function zap(engine: Engine, key: LockKey): void {
  const { classes, order, trie, evidence } = engine;
  const gone = new Set([...classes.entry(key).ids].filter((id) => id >= 0));
  for (const id of gone) {
    for (const edge of order.removeNode(id)) evidence.remove(edge);
    classes.remove(id);
  }
  if (gone.size > 0) {
    for (const node of trie.prune((label) => gone.has(label >> LABEL_BITS))) {
      engine.nodeSites[node] = undefined;
      engine.nodeReports.delete(node);
    }
  }
  classes.forget(key);
}
