/** What the validator has learned, in numbers, as `/proc/lockdep_stats` counts them. Computed when asked for. */
import { VALIDATED } from './chain-trie.ts';
import type { Engine } from './engine.ts';
import { usageBit } from './usage.ts';

/** How classes were used in one context. */
export interface ContextStats {
  readonly context: string;
  /** Classes used in the context, and classes held with it enabled, by writers and by readers. */
  readonly safe: number;
  readonly unsafe: number;
  readonly readSafe: number;
  readonly readUnsafe: number;
}

/** What a validator has learned, in numbers. */
export interface ValidatorStats {
  readonly events: number;
  readonly classes: number;
  readonly zappedClasses: number;
  readonly dependencies: number;
  /** Pairs of classes that are ordered, directly or not. */
  readonly indirectDependencies: number;
  readonly backDependencies: number;
  readonly chains: number;
  /** The longest validated chain. */
  readonly maxDepth: number;
  readonly tasks: number;
  readonly heldLocks: number;
  readonly reports: number;
  readonly contexts: readonly ContextStats[];
}

/** Cost: O(classes × dependencies) for the indirect ones. */
export function validatorStats(engine: Engine): ValidatorStats {
  const { classes, trie, order, tasks } = engine;
  let maxDepth = 0;
  for (const node of trie.nodes()) {
    if ((trie.flags[node]! & VALIDATED) !== 0) maxDepth = Math.max(maxDepth, trie.path(node).length);
  }
  return {
    events: engine.events,
    classes: classes.size,
    zappedClasses: classes.zapped,
    dependencies: order.edgeCount,
    indirectDependencies: countReachable(engine),
    backDependencies: order.backEdgeCount,
    chains: trie.validated,
    maxDepth,
    tasks: tasks.size,
    heldLocks: [...tasks.values()].reduce((sum, task) => sum + task.depth, 0),
    reports: engine.reports.length,
    contexts: engine.contexts.kinds.map((_, kind) => contextStats(engine, kind)),
  };
}

function contextStats(engine: Engine, kind: number): ContextStats {
  const count = (bit: number): number =>
    engine.classes.classes.filter(
      (found) => found !== undefined && (engine.classes.usage[found.id]! & (1 << bit)) !== 0,
    ).length;
  return {
    context: engine.contexts.kinds[kind]!.name,
    safe: count(usageBit.usedIn(kind, 0)),
    unsafe: count(usageBit.enabled(kind, 0)),
    readSafe: count(usageBit.usedIn(kind, 1)),
    readUnsafe: count(usageBit.enabled(kind, 1)),
  };
}

function countReachable({ order, classes }: Engine): number {
  const seen = new Uint32Array(classes.classes.length);
  let total = 0;
  for (const root of classes.classes) {
    if (root === undefined || root.id >= order.firstOut.length) continue;
    const stack = [root.id];
    const stamp = root.id + 1;
    while (stack.length > 0) {
      const node = stack.pop()!;
      for (let edge = order.firstOut[node]!; edge !== -1; edge = order.nextOut[edge]!) {
        const to = order.to[edge]!;
        if (seen[to] === stamp) continue;
        seen[to] = stamp;
        total += 1;
        stack.push(to);
      }
    }
  }
  return total;
}
