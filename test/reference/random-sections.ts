/**
 * Random programs made of sections: a few critical sections, each a context and some nested locks, that recur in random order,
 * every now and then with one thing changed (a mode, a flag, an instance, the context, the order). Recurrence with a
 * difference is what a validator that remembers what it has checked can get wrong.
 */
import { type LockKindName, lockKinds, type Mode } from '@lockdep/core';
import type { AcquireStep, IrqStep, Program, ProgramLock, Step } from './program.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A context around a section: what begins and what ends it. */
type Bracket = readonly [begin: IrqStep['state'], end: IrqStep['state']];

const BRACKETS: readonly Bracket[] = [
  ['hard-disable', 'hard-enable'],
  ['soft-disable', 'soft-enable'],
  ['hard-enter', 'hard-exit'],
  ['soft-enter', 'soft-exit'],
];

interface Section {
  readonly bracket: Bracket | null;
  readonly threaded: boolean;
  readonly takes: readonly AcquireStep[];
  /** Comes in the middle, with everything held. */
  readonly inside: Section | null;
  readonly downgrade: boolean;
  readonly shuffled: boolean;
}

const KIND_SETS: readonly (readonly LockKindName[])[] = [
  ['lockmap'],
  ['lockmap'],
  ['lockmap', 'local_lock'],
  ['raw_spinlock', 'override'],
  ['raw_spinlock', 'spinlock', 'rcu', 'mutex', 'local_lock'],
];

const MODE_SETS: readonly (readonly Mode[])[] = [
  ['write'],
  ['write', 'read'],
  ['write', 'recursive-read'],
  ['recursive-read', 'recursive-read', 'write', 'read'],
];

export function randomSections(random: SeededRandom, rounds: number): Program {
  return new SectionWriter(random).write(rounds);
}

class SectionWriter {
  readonly #random: SeededRandom;
  readonly #locks: Record<string, ProgramLock> = {};
  readonly #names: readonly string[];
  readonly #ordered: Record<string, readonly string[]> = {};
  readonly #modes: readonly Mode[];
  /** Are there contexts at all; do features other than modes and contexts appear; are there only a few handlers' classes? */
  readonly #contexts: boolean;
  readonly #features: boolean;
  readonly #forHandlers = new Set<string>();

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#modes = random.pick(MODE_SETS);
    this.#contexts = random.chance(0.6);
    this.#features = random.chance(0.6);
    const classes = 2 + random.below(4);
    const set = random.pick(KIND_SETS);
    const kinds = Array.from({ length: classes }, () => random.pick(set));
    if (random.chance(0.7)) kinds.sort((a, b) => lockKinds[b].waitInner - lockKinds[a].waitInner);
    for (const [number, kind] of kinds.entries()) {
      const name = `L${number}`;
      const instances = [`${name}a`, `${name}b`];
      for (const instance of instances) this.#locks[instance] = { kind, class: name };
      if (this.#features && random.chance(0.2)) this.#ordered[name] = instances;
      if (random.chance(0.5)) this.#forHandlers.add(name);
    }
    this.#names = Object.keys(this.#locks);
  }

  write(rounds: number): Program {
    const random = this.#random;
    const sections = Array.from({ length: 2 + random.below(3) }, () => this.#section(true));
    const steps: Step[] = [];
    for (let round = 0; round < rounds; round++) {
      const at = random.below(sections.length);
      if (random.chance(0.5)) {
        const changed = this.#changed(sections[at]!);
        if (random.chance(0.6)) sections[at] = changed;
        this.#play(changed, steps);
      } else this.#play(sections[at]!, steps);
    }
    return { locks: this.#locks, ordered: this.#ordered, steps };
  }

  #section(outermost: boolean): Section {
    const random = this.#random;
    const bracket = this.#contexts && random.chance(0.6) ? random.pick(BRACKETS) : null;
    const takes: AcquireStep[] = [];
    for (const name of this.#names) {
      const className = this.#locks[name]!.class!;
      const fits = bracket === null || bracket[0].startsWith('soft-disable') ? !this.#forHandlers.has(className) : true;
      const handler = bracket?.[0].endsWith('enter') === true;
      const wanted = (fits && (!handler || this.#forHandlers.has(className))) || random.chance(0.1);
      if (this.#contexts && !wanted) continue;
      const repeats = takes.some(({ lock }) => this.#locks[lock]!.class === className);
      if (random.chance(repeats ? (this.#features ? 0.15 : 0.05) : 0.35)) takes.push(this.#take(name));
    }
    const inside = outermost && random.chance(0.2) ? this.#section(false) : null;
    return {
      bracket,
      threaded: random.chance(0.2),
      takes,
      inside,
      downgrade: this.#features && random.chance(0.1),
      shuffled: false,
    };
  }

  #take(lock: string): AcquireStep {
    const mode = this.#random.pick(this.#modes);
    return { op: 'acquire', lock, ...(mode === 'write' ? {} : { mode }) };
  }

  /** One thing is different. */
  #changed(section: Section): Section {
    const random = this.#random;
    const { takes } = section;
    const at = takes.length === 0 ? -1 : random.below(takes.length);
    const dice = random.below(this.#features ? 14 : 7);
    if (dice === 0) return { ...section, bracket: this.#contexts ? random.pick([null, ...BRACKETS]) : null };
    if (dice === 1) return { ...section, inside: section.inside === null ? this.#section(false) : null };
    if (dice === 2) return { ...section, shuffled: !section.shuffled };
    if (at < 0) return this.#section(true);
    const take = takes[at]!;
    const replaced = (changed: AcquireStep): Section => ({ ...section, takes: takes.with(at, changed) });
    if (dice === 3) return replaced({ ...take, mode: random.pick(this.#modes) });
    if (dice === 4) return { ...section, takes: takes.toSpliced(at, 1) };
    if (dice === 5) return { ...section, takes: takes.toSpliced(at, 2, ...takes.slice(at, at + 2).reverse()) };
    if (dice === 6) return { ...section, takes: takes.toSpliced(at, 0, this.#take(random.pick(this.#names))) };
    if (dice === 7) return replaced({ ...take, trylock: take.trylock !== true });
    if (dice === 8) return replaced({ ...take, check: take.check === false });
    if (dice === 9) return replaced({ ...take, sync: take.sync !== true });
    if (dice === 10) return replaced({ ...take, lock: random.pick(this.#siblings(take.lock)) });
    if (dice === 11) return replaced({ ...take, subclass: random.below(2) });
    if (dice === 12) return { ...section, downgrade: !section.downgrade };
    return replaced({ ...take, nest: at > 0 ? takes[random.below(at)]!.lock : random.pick(this.#names) });
  }

  #siblings(lock: string): string[] {
    return this.#names.filter((name) => this.#locks[name]!.class === this.#locks[lock]!.class);
  }

  #play({ bracket, threaded, takes, inside, downgrade, shuffled }: Section, steps: Step[], outer: string[] = []): void {
    const random = this.#random;
    if (bracket !== null) steps.push({ op: 'irq', state: bracket[0], ...(threaded ? { threaded } : {}) });
    steps.push(...takes);
    const all = [...outer, ...takes.map(({ lock }) => lock)];
    if (downgrade && all.length > 0) steps.push({ op: 'downgrade', lock: random.pick(all) });
    if (inside !== null) this.#play(inside, steps, all);
    const held = takes.filter(({ sync }) => sync !== true).map(({ lock }) => lock);
    while (held.length > 0) {
      const at = shuffled ? random.below(held.length) : held.length - 1;
      steps.push({ op: 'release', lock: held.splice(at, 1)[0]! });
    }
    if (bracket !== null) steps.push({ op: 'irq', state: bracket[1] });
  }
}
