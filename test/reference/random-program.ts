/**
 * Random programs over all features of the validator. Each program draws a profile first (which features, how often, how
 * many classes), so that rare features meet each other often instead of everything meeting everything seldom.
 */
import { lockKinds, type Mode } from '@lockdep/core';
import type { AcquireStep, Program, ProgramLock, Step } from './program.ts';
import { type Profile, randomProfile } from './random-profile.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A program of up to `length` steps, with its locks. */
export function randomProgram(random: SeededRandom, length: number): Program {
  return new Writer(random, randomProfile(random)).write(length);
}

/** The contexts of one task, as a well-behaved program changes them. */
interface Contexts {
  /** Innermost last: what ends each of them, and how many locks were held when it began. */
  readonly open: { readonly end: Step; readonly depth: number }[];
}

class Writer {
  readonly #random: SeededRandom;
  readonly #profile: Profile;
  readonly #locks: Record<string, ProgramLock> = {};
  readonly #names: string[];
  readonly #ordered: Record<string, readonly string[]> = {};
  /** Classes that interrupt handlers may take, and that tasks take with interrupts off, as far as they are disciplined. */
  readonly #forHandlers = new Set<string>();
  readonly #steps: Step[] = [];
  readonly #tasks = new Map<string, { held: string[]; contexts: Contexts }>();
  #task = 'main';

  constructor(random: SeededRandom, profile: Profile) {
    this.#random = random;
    this.#profile = profile;
    this.#makeLocks();
    this.#names = Object.keys(this.#locks);
  }

  write(length: number): Program {
    while (this.#steps.length < length) this.#step();
    const contexts = this.#profile.declared ? { contexts: DECLARED } : {};
    return { locks: this.#locks, ordered: this.#ordered, ...contexts, steps: this.#steps };
  }

  #makeLocks(): void {
    const kinds = Array.from({ length: this.#profile.classes }, () => this.#random.pick(this.#profile.kinds));
    // Sleeping locks outside, spinning ones inside: otherwise the wait types end most programs.
    if (this.#random.chance(0.8)) kinds.sort((a, b) => lockKinds[b].waitInner - lockKinds[a].waitInner);
    for (const [number, kind] of kinds.entries()) {
      const name = `L${number}`;
      const validate = this.#profile.unchecked > 0 && this.#random.chance(0.1) ? { validate: false } : {};
      const instances = ['a', 'b', 'c'].slice(0, 1 + this.#random.below(3));
      for (const instance of instances) this.#locks[`${name}${instance}`] = { kind, class: name, ...validate };
      if (this.#random.chance(lockKinds[kind].waitInner < 3 ? 0.6 : 0.1)) this.#forHandlers.add(name);
      if (this.#random.chance(this.#profile.ordered)) this.#ordered[name] = instances.map((each) => `${name}${each}`);
    }
  }

  #step(): void {
    const { held } = this.#state();
    const dice = this.#random.next();
    const { contexts, downgrade, reclass, wrongRelease } = this.#profile;
    if (this.#random.chance(contexts)) this.#changeContext();
    else if (held.length > 0 && this.#random.chance(downgrade)) {
      this.#steps.push({ op: 'downgrade', lock: this.#random.pick(held) });
    } else if (held.length > 0 && this.#random.chance(reclass)) this.#reclass(this.#random.pick(held));
    else if (this.#random.chance(wrongRelease)) {
      this.#steps.push({ op: 'release', lock: this.#random.pick(this.#names) });
    } else if (this.#profile.tasks > 1 && dice < 0.06) this.#switchTask();
    else if (held.length > 0 && this.#random.chance(0.12 + held.length * 0.09)) this.#release();
    else this.#acquire();
  }

  #acquire(): void {
    const { held } = this.#state();
    const { trylock, unchecked, subclass, nest, sync, modes, discipline } = this.#profile;
    let lock = this.#random.pick(this.#names);
    // Most programs respect an order most of the time; otherwise the first few steps would end every one.
    const sameClass = this.#random.chance(this.#profile.sameClass);
    const allowed = (): boolean => this.#fitsContext(lock) && this.#ascends(held, lock, sameClass);
    for (let tries = 0; tries < 6 && !allowed(); tries++) lock = this.#random.pick(this.#names);
    const again = !sameClass && held.some((each) => this.#locks[each]!.class === this.#locks[lock]!.class);
    if (again || (!allowed() && this.#random.chance(discipline))) {
      return held.length > 0 ? this.#release() : this.#changeContext();
    }
    const step: AcquireStep = {
      op: 'acquire',
      lock,
      ...this.#mode(modes),
      ...this.#flag('trylock', trylock),
      ...(this.#random.chance(unchecked) ? { check: false } : {}),
      ...(this.#random.chance(subclass) ? { subclass: 1 + this.#random.below(2) } : {}),
      ...(held.length > 0 && this.#random.chance(nest) ? { nest: this.#nest(held) } : {}),
      ...this.#flag('sync', sync),
    };
    this.#steps.push(step);
    if (step.sync !== true) held.push(lock);
  }

  #fitsContext(lock: string): boolean {
    const { open } = this.#state().contexts;
    if (this.#profile.contexts === 0) return true;
    const ends = open.map(({ end }) => (end.op === 'irq' ? end.state : end.op));
    const forHandlers = this.#forHandlers.has(this.#locks[lock]!.class!);
    if (ends.some((end) => end.includes('exit'))) return forHandlers;
    return !forHandlers || ends.includes('hard-enable');
  }

  /** Outer classes have lower numbers. */
  #ascends(held: readonly string[], lock: string, sameClass: boolean): boolean {
    const inner = this.#locks[lock]!.class!;
    return held.every((each) => {
      const outer = this.#locks[each]!.class!;
      return outer < inner || (sameClass && outer === inner);
    });
  }

  #mode(modes: readonly Mode[]): { mode?: Mode } {
    const mode = this.#random.pick(modes);
    return mode === 'write' ? {} : { mode };
  }

  #flag(name: 'trylock' | 'sync', probability: number): { trylock?: boolean; sync?: boolean } {
    return this.#random.chance(probability) ? { [name]: true } : {};
  }

  #nest(held: readonly string[]): string {
    return this.#random.chance(0.97) ? this.#random.pick(held) : this.#random.pick(this.#names);
  }

  #release(): void {
    const { held } = this.#state();
    const at = this.#random.chance(this.#profile.outOfOrder) ? this.#random.below(held.length) : held.length - 1;
    this.#steps.push({ op: 'release', lock: held[at]! });
    held.splice(at, 1);
  }

  #reclass(lock: string): void {
    const subclass = this.#random.below(3);
    const other = this.#locks[this.#random.pick(this.#names)]!;
    const reclassed = this.#random.chance(0.5) && other.validate !== false ? { class: other.class! } : {};
    this.#steps.push({ op: 'set_class', lock, ...reclassed, subclass });
  }

  #switchTask(): void {
    this.#task = this.#task === 'main' ? 'other' : 'main';
    this.#steps.push({ op: 'task', id: this.#task });
  }

  /** Opens a context or a section in which one cannot happen, or ends the innermost. */
  #changeContext(): void {
    const { open } = this.#state().contexts;
    if (open.length > 0 && (open.length > 3 || this.#random.chance(0.5))) return this.#endContext();
    const [begin, end] = this.#random.pick(this.#profile.declared ? [...INTERRUPTS, ...OTHERS] : INTERRUPTS);
    if (!this.#canBegin(begin) && this.#random.chance(this.#profile.discipline)) return;
    this.#steps.push(begin);
    open.push({ end, depth: this.#state().held.length });
  }

  /** No interrupt arrives where it is disabled, and only a handler lets interrupts in that it did not shut out itself. */
  #canBegin(begin: Step): boolean {
    if (begin.op !== 'irq') return true;
    const ends = this.#state().contexts.open.map(({ end }) => (end.op === 'irq' ? end.state : ''));
    const inHandler = ends.includes('hard-exit') || ends.includes('soft-exit');
    if (begin.state === 'hard-enable') return inHandler && ends.at(-1) === 'soft-exit';
    if (begin.state === 'hard-enter')
      return !ends.includes('hard-enable') && (!inHandler || ends.at(-1) === 'hard-disable');
    return begin.state !== 'soft-enter' || ends.length === 0;
  }

  /** Disciplined tasks first let go of what they took inside. */
  #endContext(): void {
    const { held, contexts } = this.#state();
    const { end, depth } = contexts.open.pop()!;
    while (held.length > depth && this.#random.chance(this.#profile.discipline)) this.#release();
    this.#steps.push(end);
  }

  #state(): { held: string[]; contexts: Contexts } {
    let state = this.#tasks.get(this.#task);
    if (state === undefined) {
      state = { held: [], contexts: { open: [] } };
      this.#tasks.set(this.#task, state);
    }
    return state;
  }
}

type Bracket = readonly [begin: Step, end: Step];

const INTERRUPTS: readonly Bracket[] = [
  [
    { op: 'irq', state: 'hard-disable' },
    { op: 'irq', state: 'hard-enable' },
  ],
  [
    { op: 'irq', state: 'soft-disable' },
    { op: 'irq', state: 'soft-enable' },
  ],
  [
    { op: 'irq', state: 'hard-enter' },
    { op: 'irq', state: 'hard-exit' },
  ],
  [
    { op: 'irq', state: 'hard-enter', threaded: true },
    { op: 'irq', state: 'hard-exit' },
  ],
  [
    { op: 'irq', state: 'soft-enter' },
    { op: 'irq', state: 'soft-exit' },
  ],
  // A handler that lets interrupts in again.
  [
    { op: 'irq', state: 'hard-enable' },
    { op: 'irq', state: 'hard-disable' },
  ],
];

/** `signal` interrupts like an interrupt handler; `reclaim` happens only where the program says so, in its own chain. */
const DECLARED = [{ name: 'signal' }, { name: 'reclaim', interrupts: false, initiallyEnabled: false }] as const;

const OTHERS: readonly Bracket[] = [
  [
    { op: 'enter', kind: 'signal' },
    { op: 'exit', kind: 'signal' },
  ],
  [
    { op: 'disable', kind: 'signal' },
    { op: 'enable', kind: 'signal' },
  ],
  [
    { op: 'enter', kind: 'reclaim' },
    { op: 'exit', kind: 'reclaim' },
  ],
  [
    { op: 'enable', kind: 'reclaim' },
    { op: 'disable', kind: 'reclaim' },
  ],
];
