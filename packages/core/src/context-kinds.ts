/**
 * Context kinds: what can interrupt a task (hard and soft interrupts, signal handlers) or re-enter it (reclaim).
 *
 * Each kind has four usage bits per class (used in it / held with it enabled, by writer or reader). The kernel's two kinds
 * come first; others are declared by the user, at most {@link MAX_CONTEXT_KINDS} in all. Everything here is computed
 * once per distinct context state and then looked up.
 */
import { READ_BIT, usageBit } from './usage.ts';

/** A kind of context, e.g. the hard interrupt. */
export interface ContextKind {
  /** Lower-case name, unique: `hardirq`. Usage names are made of it: `IN-HARDIRQ-W`. */
  readonly name: string;
  /** Kinds that, while disabled, keep this one from running: softirqs do not run with hardirqs off. */
  readonly maskedBy?: readonly string[];
  /** Does it run on top of an unrelated task's held locks (then those make no dependencies)? Default true. */
  readonly interrupts?: boolean;
  /** The wait types it allows, as a handler and when forced into a thread. Default 5: no limit. */
  readonly waitLimit?: number;
  readonly threadedWaitLimit?: number;
  /** Can it happen at any time unless disabled (true), or only where the program says so (false)? Default true. */
  readonly initiallyEnabled?: boolean;
}

export const HARDIRQ = 0;
/** Seven kinds of four bits, and two bits for plain use. */
export const MAX_CONTEXT_KINDS = 7;
/** Context states in which a chain can be settled. */
const MAX_STATES = 7;

const KERNEL_KINDS: readonly ContextKind[] = [
  { name: 'hardirq', waitLimit: 2, threadedWaitLimit: 3 },
  { name: 'softirq', maskedBy: ['hardirq'], waitLimit: 3 },
];

const NO_LIMIT = 5;

/** The context kinds of a validator, and the states tasks can be in with them. */
export class ContextKinds {
  readonly kinds: readonly ContextKind[];
  /** Which kinds start enabled, as a mask of kind numbers. */
  readonly initiallyEnabled: number;
  /** Which kinds start a chain of their own. */
  readonly #interrupts: number;
  readonly #maskedBy: readonly number[];
  readonly #needs = new Map<number, Uint32Array>();
  readonly #states = new Map<number, number>();

  constructor(declared: readonly ContextKind[] = []) {
    this.kinds = [...KERNEL_KINDS, ...declared];
    if (this.kinds.length > MAX_CONTEXT_KINDS) {
      throw new RangeError(
        `${this.kinds.length} context kinds: at most ${MAX_CONTEXT_KINDS}, hardirq and softirq included`,
      );
    }
    const names = this.kinds.map((kind) => kind.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TypeError(`context kind '${twice}' is declared twice`);
    this.initiallyEnabled = this.#mask((kind) => kind.initiallyEnabled ?? true);
    this.#interrupts = this.#mask((kind) => kind.interrupts ?? true);
    this.#maskedBy = this.kinds.map((kind) =>
      (kind.maskedBy ?? []).reduce((mask, name) => mask | (1 << this.number(name)), 0),
    );
  }

  /** The number of a kind. @throws RangeError for an unknown name, listing the known ones. */
  number(name: string): number {
    const number = this.kinds.findIndex((kind) => kind.name === name);
    if (number < 0) {
      const known = this.kinds.map((kind) => kind.name).join(', ');
      throw new RangeError(
        `unknown context kind '${name}': known are ${known}; declare others in the validator's options`,
      );
    }
    return number;
  }

  /** The chain a task in these contexts builds: 0 for none that interrupts. */
  chainOf(entered: number): number {
    return entered & this.#interrupts;
  }

  /** Which kinds can really happen: enabled, and not masked by a disabled one. */
  effective(enabled: number): number {
    let mask = 0;
    for (let kind = 0; kind < this.kinds.length; kind++) {
      if ((enabled & (1 << kind)) !== 0 && (this.#maskedBy[kind]! & ~enabled) === 0) mask |= 1 << kind;
    }
    return mask;
  }

  /** The wait limit of a task in these contexts; the first kind entered that has one decides. */
  waitLimit(entered: number, threaded: number): number {
    if (entered === 0) return NO_LIMIT;
    for (let kind = 0; kind < this.kinds.length; kind++) {
      if ((entered & (1 << kind)) === 0) continue;
      const { waitLimit, threadedWaitLimit } = this.kinds[kind]!;
      if (waitLimit !== undefined) return (threaded & (1 << kind)) !== 0 ? (threadedWaitLimit ?? waitLimit) : waitLimit;
    }
    return NO_LIMIT;
  }

  /**
   * The usage bits an acquisition sets, by `how & 15` (mode, trylock, unchecked), in a given context state. The bit that
   * says "used" itself is part of it, so the hot path compares once.
   */
  needs(entered: number, enabled: number): Uint32Array {
    const state = (entered << MAX_CONTEXT_KINDS) | enabled;
    let needs = this.#needs.get(state);
    if (needs === undefined) {
      needs = new Uint32Array(16);
      for (let how = 0; how < 16; how++)
        needs[how] = usageNeeded(how, entered, this.effective(enabled), this.kinds.length);
      this.#needs.set(state, needs);
    }
    return needs;
  }

  /** A small number for a context state, or −1 when `MAX_STATES` others came first: those are simply slower. */
  state(entered: number, enabled: number, threaded: number): number {
    const key = (((threaded << MAX_CONTEXT_KINDS) | entered) << MAX_CONTEXT_KINDS) | enabled;
    let state = this.#states.get(key);
    if (state === undefined) {
      state = this.#states.size < MAX_STATES ? this.#states.size : -1;
      this.#states.set(key, state);
    }
    return state;
  }

  /** How a context state reads in a report: `hardirq`, `softirq`, `task`. */
  describe(entered: number): string {
    const names = this.kinds.filter((_, kind) => (entered & (1 << kind)) !== 0).map((kind) => kind.name);
    return names.length > 0 ? names.join('+') : 'task';
  }

  #mask(has: (kind: ContextKind) => boolean): number {
    return this.kinds.reduce((mask, kind, number) => (has(kind) ? mask | (1 << number) : mask), 0);
  }
}

function usageNeeded(how: number, entered: number, effective: number, kinds: number): number {
  const read = (how & 3) !== 0 ? READ_BIT : 0;
  const trylock = (how & 4) !== 0;
  const unchecked = (how & 8) !== 0;
  let bits = 1 << usageBit.used(read);
  if (unchecked) return bits;
  for (let kind = 0; kind < kinds; kind++) {
    if (!trylock && (entered & (1 << kind)) !== 0) bits |= 1 << usageBit.usedIn(kind, read);
    if ((effective & (1 << kind)) !== 0) bits |= 1 << usageBit.enabled(kind, read);
  }
  return bits >>> 0;
}
