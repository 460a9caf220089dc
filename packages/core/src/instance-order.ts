/**
 * The order of locks of one class among themselves: by address, by inode number, by (super block, inode number) …
 *
 * A class may declare its order; where it does not, it is learned: every pair of instances nested rules out the orders that do not
 * explain it, until one is left, and the first pair that breaks that one is worth a report. Orders compare *keys* that the
 * instances carry. A key may be meaningful only within another (an inode number within its super block): then two instances
 * of different scope cannot be compared by it.
 *
 * Memory: a few words per class, and the last {@link PAIRS} pairs nested, by identity.
 */
import type { Lock } from './lock.ts';

/** What an instance can be ordered by: `{ address: 0x1000, ino: 12, sb: 1 }`. */
export type OrderKeys = Readonly<Record<string, number>>;

/** An order declared for a class: ascending by one key, or by several, the first deciding. */
export interface DeclaredOrder {
  readonly by: string | readonly string[];
}

/** Keys that mean something only within another one. */
const SCOPES: Readonly<Record<string, string>> = { ino: 'sb' };
/** Pairs remembered per class, to recognise the same two objects nested the other way round. */
const PAIRS = 4096;

/** Two instances nested: the keys of the outer and of the inner one. */
export interface NestedPair {
  readonly outer: OrderKeys;
  readonly inner: OrderKeys;
  readonly outerLock: string;
  readonly innerLock: string;
}

/** −1 ascending, 1 descending, 0 equal; null when the keys do not compare these two. */
export function compareKeys(names: readonly string[], outer: OrderKeys, inner: OrderKeys): number | null {
  for (const [position, name] of names.entries()) {
    const scope = SCOPES[name];
    if (scope !== undefined && !names.slice(0, position).includes(scope) && outer[scope] !== inner[scope]) return null;
    const [a, b] = [outer[name], inner[name]];
    if (a === undefined || b === undefined) return null;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

export type OrderVerdict =
  | { readonly kind: 'explained' }
  /** The pair breaks the declared order, or the only one that explained all pairs before. */
  | { readonly kind: 'broken'; readonly by: string; readonly earlier: NestedPair | null }
  /** The order cannot compare these two. */
  | { readonly kind: 'incomparable'; readonly by: string; readonly scope: string }
  /** The order holds, but the same two objects were nested the other way round before: one got another address meanwhile. */
  | { readonly kind: 'flipped'; readonly by: string; readonly earlier: NestedPair };

const EXPLAINED: OrderVerdict = { kind: 'explained' };

interface Candidate {
  readonly names: readonly string[];
  readonly direction: 1 | -1;
  /** The first pair it explained. */
  witness: NestedPair | null;
}

/** What is known of one class's order. */
export class InstanceOrder {
  readonly #declared: readonly string[] | null;
  #candidates: Candidate[] | null = null;
  readonly #pairs = new Map<string, NestedPair>();

  constructor(declared: DeclaredOrder | null) {
    this.#declared = declared === null ? null : [declared.by].flat();
  }

  /** Takes in one nesting of two different instances. */
  nested(pair: NestedPair): OrderVerdict {
    const verdict = this.#declared === null ? this.#learn(pair) : this.#check(this.#declared, pair);
    return verdict.kind === 'explained' ? this.#flip(pair) : verdict;
  }

  /** How the order reads: `address`, `sb, ino`, `ino, descending`; what is left of the candidates while it is being learned. */
  get description(): string {
    if (this.#declared !== null) return this.#declared.join(', ');
    return (this.#candidates ?? []).map(describe).join(' or ');
  }

  #check(names: readonly string[], pair: NestedPair): OrderVerdict {
    const compared = compareKeys(names, pair.outer, pair.inner);
    if (compared === null) return { kind: 'incomparable', by: names.join(', '), scope: SCOPES[names[0]!] ?? names[0]! };
    return compared < 0 ? EXPLAINED : { kind: 'broken', by: names.join(', '), earlier: null };
  }

  #learn(pair: NestedPair): OrderVerdict {
    this.#candidates ??= candidatesOf(pair);
    const left = this.#candidates.filter(
      ({ names, direction }) => compareKeys(names, pair.outer, pair.inner) === direction,
    );
    if (left.length === 0) return this.#noneLeft(this.#candidates, pair);
    for (const candidate of left) candidate.witness ??= pair;
    this.#candidates = left;
    return EXPLAINED;
  }

  /** The candidates stay as they were: the next pair is judged by them too. */
  #noneLeft(candidates: readonly Candidate[], pair: NestedPair): OrderVerdict {
    const [first] = candidates;
    if (first === undefined) return EXPLAINED; // instances without keys in common: nothing to learn
    const comparable = candidates.filter(({ names }) => compareKeys(names, pair.outer, pair.inner) !== null);
    if (comparable.length === 0)
      return { kind: 'incomparable', by: describe(first), scope: SCOPES[first.names[0]!] ?? '' };
    return { kind: 'broken', by: candidates.map(describe).join(' or '), earlier: comparable[0]!.witness };
  }

  #flip(pair: NestedPair): OrderVerdict {
    const [outer, inner] = [identity(pair.outer), identity(pair.inner)];
    if (outer === null || inner === null) return EXPLAINED;
    const earlier = this.#pairs.get(`${inner} ${outer}`);
    const key = `${outer} ${inner}`;
    this.#pairs.delete(key);
    this.#pairs.set(key, pair);
    if (this.#pairs.size > PAIRS) this.#pairs.delete(this.#pairs.keys().next().value!);
    if (earlier === undefined || sameAddresses(earlier, pair)) return EXPLAINED;
    return { kind: 'flipped', by: this.description, earlier };
  }
}

/** Every order that a pair's common keys allow: each key alone, a scoped key after its scope, up and down. */
function candidatesOf({ outer, inner }: NestedPair): Candidate[] {
  const common = Object.keys(outer).filter((name) => name in inner);
  const scopes = new Set(Object.values(SCOPES));
  const sequences: (readonly string[])[] = [];
  for (const name of common) {
    const scope = SCOPES[name];
    if (!scopes.has(name)) sequences.push([name]);
    if (scope !== undefined && common.includes(scope)) sequences.push([scope, name]);
  }
  return sequences.flatMap((names) => [
    { names, direction: -1 as const, witness: null },
    { names, direction: 1 as const, witness: null },
  ]);
}

const describe = ({ names, direction }: Candidate): string =>
  `${names.join(', ')}${direction === 1 ? ', descending' : ''}`;

/** What a thing is, whatever memory it lives in: its number within its scope. */
function identity(keys: OrderKeys): string | null {
  const { ino, sb } = keys;
  return ino === undefined ? null : `${sb ?? ''}:${ino}`;
}

const sameAddresses = (a: NestedPair, b: NestedPair): boolean =>
  a.outer['address'] === b.inner['address'] && a.inner['address'] === b.outer['address'];

/** Do both instances carry keys, so that their class's order can be judged? */
export function hasOrder(held: Lock, wanted: Lock): boolean {
  return held !== wanted && held.orderKeys !== null && wanted.orderKeys !== null;
}
