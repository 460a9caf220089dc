/**
 * What a validator has learned, as data: classes with their usage, dependencies, chains. Taken out for comparison and saving,
 * put in to go on from where another run stopped.
 */
import { LABEL_BITS, ROOT, VALIDATED } from './chain-trie.ts';
import { type Engine, EXACT_LABEL } from './engine.ts';
import type { LockKey } from './lock-key.ts';

/** A class as it is taken to another validator. */
export interface LearnedClass {
  readonly key: LockKey;
  readonly subclass: number;
  /** Distinguishes keys of one name; default: the next free one. */
  readonly version?: number;
  /** Usage bits (usage.ts). */
  readonly usage: number;
}

/** A dependency as it is taken to another validator. */
export interface LearnedDependency {
  /** Indexes into the classes. */
  readonly from: number;
  readonly to: number;
  /** Strength bits (dependency.ts). */
  readonly bits: number;
  readonly distance: number;
}

/** A sequence of classes that has been held, and is known to be in order. */
export interface LearnedChain {
  /** The chain contexts it was first seen in, as a mask of kinds. */
  readonly context: number;
  /** Oldest lock first: index of its class, and mode with flags. */
  readonly locks: readonly { readonly classIndex: number; readonly how: number }[];
}

/** Everything a validator has learned, as data. */
export interface LearnedOrder {
  readonly classes: readonly LearnedClass[];
  readonly dependencies: readonly LearnedDependency[];
  readonly chains: readonly LearnedChain[];
}

/** Takes over what another run learned; nothing is checked. Returns the class ids, by index. */
export function learn(engine: Engine, { classes, dependencies, chains }: LearnedOrder): number[] {
  const ids = classes.map(({ key, subclass, version, usage }) => {
    const id = engine.classes.register(engine.classes.entry(key), subclass, version);
    engine.classes.usage[id]! |= usage;
    engine.usageSeen |= usage;
    return id;
  });
  for (const { from, to, bits, distance } of dependencies) engine.order.add(ids[from]!, ids[to]!, bits, distance);
  for (const { context, locks } of chains) {
    let node = ROOT;
    for (const { classIndex, how } of locks) node = engine.chainNode(node, ids[classIndex]!, how);
    engine.trie.validate(node, context);
  }
  return ids;
}

/** What has been learned so far; classes in order of their ids. */
export function learned(engine: Engine): LearnedOrder {
  const live = engine.classes.classes.filter((found) => found !== undefined);
  const index = new Map(live.map(({ id }, position) => [id, position]));
  const { order, trie } = engine;
  return {
    classes: live.map(({ id, key, subclass }) => ({
      key,
      subclass,
      version: engine.classes.entry(key).version,
      usage: engine.classes.usage[id]!,
    })),
    dependencies: [...order.edges()].map((edge) => ({
      from: index.get(order.from[edge]!)!,
      to: index.get(order.to[edge]!)!,
      bits: order.bits[edge]!,
      distance: order.distance[edge]!,
    })),
    chains: [...trie.nodes()]
      .filter((node) => (trie.flags[node]! & VALIDATED) !== 0)
      .map((node) => ({
        context: trie.chain[node]!,
        locks: trie
          .path(node)
          .map((label) => ({ classIndex: index.get(label >> LABEL_BITS)!, how: label & EXACT_LABEL })),
      })),
  };
}
