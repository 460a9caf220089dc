/** The chain trie against a Map from a chain's text to what is known of it. */
import { describe, expect, test } from 'vitest';
import { ChainTrie, INSTANCE, LABEL_BITS, ROOT, VALIDATED } from '../src/chain-trie.ts';
import { SeededRandom } from './seeded-random.ts';

interface Known {
  readonly node: number;
  readonly labels: readonly number[];
  flags: number;
  chain: number;
}

const label = (classId: number, how: number): number => (classId << LABEL_BITS) | how;

/** A trie and, beside it, every chain it should know, by its text. */
class Pair {
  readonly trie = new ChainTrie();
  readonly model = new Map<string, Known>();
  readonly #random: SeededRandom;
  readonly #classes: number;

  constructor(random: SeededRandom, classes: number) {
    this.#random = random;
    this.#classes = classes;
  }

  step(): void {
    const dice = this.#random.next();
    if (dice < 0.01) this.#prune();
    else if (dice < 0.15) this.#flag();
    else this.#walk();
  }

  /** Walks down a random chain, adding what is new, as acquisitions do. */
  #walk(): void {
    let node = ROOT;
    const labels: number[] = [];
    for (let depth = 1 + this.#random.below(6); depth > 0; depth--) {
      const next = label(this.#random.below(this.#classes), this.#random.below(1 << LABEL_BITS));
      labels.push(next);
      const text = labels.join(' ');
      const known = this.model.get(text);
      const probed = this.trie.child(node, next);
      if (probed !== (known?.node ?? -1)) throw new Error(`probe of ${text}: ${probed}, not ${known?.node}`);
      node = probed >= 0 ? probed : this.trie.insert(node, next);
      if (known === undefined) this.model.set(text, { node, labels: [...labels], flags: 0, chain: 0 });
    }
  }

  #flag(): void {
    const known = this.#anyKnown();
    if (known === undefined) return;
    if (this.#random.chance(0.5)) {
      const chain = this.#random.below(4);
      this.trie.validate(known.node, chain);
      if ((known.flags & VALIDATED) === 0) known.chain = chain; // the first context stays
      known.flags |= VALIDATED;
    } else {
      this.trie.flags[known.node]! |= INSTANCE;
      known.flags |= INSTANCE;
    }
  }

  #prune(): void {
    const gone = this.#random.below(this.#classes);
    const removed = this.trie.prune((each) => each >> LABEL_BITS === gone);
    const expected = [...this.model].filter(([, { labels }]) => labels.some((each) => each >> LABEL_BITS === gone));
    expect(removed.sort()).toEqual(expected.map(([, { node }]) => node).sort());
    for (const [text] of expected) this.model.delete(text);
  }

  compare(): void {
    const { trie, model } = this;
    expect([...trie.nodes()].sort()).toEqual([...model.values()].map(({ node }) => node).sort());
    const all = [...model.values()];
    const wrong = all.find(
      ({ node, labels, flags, chain }) =>
        trie.path(node).join() !== labels.join() ||
        trie.flags[node] !== flags ||
        ((flags & VALIDATED) !== 0 && trie.chain[node] !== chain),
    );
    expect(wrong).toBeUndefined();
    const validated = all.filter(({ flags }) => (flags & VALIDATED) !== 0).length;
    expect(trie.validated).toBe(validated);
  }

  #anyKnown(): Known | undefined {
    const all = [...this.model.values()];
    return all.length === 0 ? undefined : this.#random.pick(all);
  }
}

function campaign(seeds: number, classes: number, steps: number): void {
  for (let seed = 1; seed <= seeds; seed++) {
    const pair = new Pair(new SeededRandom(seed), classes);
    for (let step = 0; step < steps; step++) {
      try {
        pair.step();
        if (step % 100 === 99) pair.compare();
      } catch (error) {
        throw new Error(`seed ${seed}, ${classes} classes, step ${step}`, { cause: error });
      }
    }
  }
}

describe('the chain trie against a map', () => {
  test('few classes: long common prefixes, much removed', () => campaign(30, 3, 400));
  test('many classes: the tables grow', () => campaign(4, 500, 1_500));
});

describe('the chain trie itself', () => {
  test('chains that differ in one bit of how are different chains', () => {
    const trie = new ChainTrie();
    const nodes = Array.from({ length: 1 << LABEL_BITS }, (_, how) => trie.insert(ROOT, label(1, how)));
    expect(new Set(nodes).size).toBe(1 << LABEL_BITS);
    nodes.forEach((node, how) => {
      expect(trie.child(ROOT, label(1, how))).toBe(node);
    });
  });

  test('A B is not B A, and neither is a prefix of A A B', () => {
    const trie = new ChainTrie();
    const [a, b] = [label(1, 0), label(2, 0)];
    const ab = trie.insert(trie.insert(ROOT, a), b);
    expect(trie.child(ROOT, b)).toBe(-1);
    expect(trie.child(trie.child(ROOT, a), a)).toBe(-1);
    expect(trie.path(ab)).toEqual([a, b]);
  });

  test('a reused node has forgotten everything', () => {
    const trie = new ChainTrie();
    const node = trie.insert(ROOT, label(1, 0));
    trie.validate(node, 3);
    trie.settle(node, 5);
    trie.setOwner(node, 7);
    trie.flags[node]! |= INSTANCE;
    expect(trie.prune(() => true)).toEqual([node]);
    expect(trie.validated).toBe(0);
    expect(trie.insert(ROOT, label(2, 0))).toBe(node);
    expect([trie.flags[node], trie.isSettled(node, 5, 7), trie.owner(node), trie.child(ROOT, label(1, 0))]).toEqual([
      0,
      false,
      0,
      -1,
    ]);
  });

  test('pruning nothing removes nothing', () => {
    const trie = new ChainTrie();
    trie.insert(ROOT, label(1, 0));
    expect(trie.prune(() => false)).toEqual([]);
    expect(trie.child(ROOT, label(1, 0))).toBe(1);
  });
});
