/**
 * A lock-order validator that is slow and right by inspection: held stacks are arrays, everything ever seen stays in two lists
 * (dependencies, usages), every check goes through the whole of them, nothing is cached or ordered.
 *
 * It gives the ideal answer: every held entry of the current context makes a dependency, not only the nearest; paths
 * are searched exhaustively; what depends on instances is looked at every time. It stops at the first report.
 */
import { type LockKind, lockKinds, type Mode, type ReportKind } from '@lockdep/core';
import {
  type AcquireStep,
  type ContextStep,
  classOf,
  type FirstReport,
  lowered,
  type Primitive,
  type Program,
} from './program.ts';
import { closesCircle, type Dependency, endsAhead, endsBehind } from './strong-paths.ts';

/** A class was taken inside a context, or held while the context could happen. */
interface Usage {
  readonly class: string;
  readonly context: string;
  readonly way: 'used-in' | 'enabled';
  readonly write: boolean;
}

interface Entry {
  readonly lock: string;
  readonly class: string;
  readonly mode: Mode;
  readonly trylock: boolean;
  readonly checked: boolean;
  readonly subclass: number;
  readonly nest: string | null;
  /** How many acquisitions it stands for, when a nest lock merged several. */
  count: number | null;
  /** The interrupting contexts it was taken in: entries of different ones are different chains. */
  readonly chain: string;
  /** Could the hard interrupt happen when it was taken? */
  readonly hardirqs: boolean;
}

interface TaskState {
  held: Entry[];
  readonly entered: Map<string, number>;
  readonly threaded: Set<string>;
  readonly enabled: Set<string>;
}

/** The first report of a program, or null. */
export function firstReport(program: Program): FirstReport | null {
  const validator = new ReferenceValidator(program);
  for (const [step, each] of program.steps.entries()) {
    for (const primitive of lowered(each)) {
      const kind = validator.apply(primitive);
      if (kind !== null) return { step, kind };
    }
  }
  return null;
}

class ReferenceValidator {
  readonly #program: Program;
  readonly #kinds: readonly string[];
  readonly #dependencies: Dependency[] = [];
  readonly #usages: Usage[] = [];
  readonly #tasks = new Map<string, TaskState>();
  readonly #classes = new Map<string, string>();
  #task: TaskState;

  constructor(program: Program) {
    this.#program = program;
    this.#kinds = ['hardirq', 'softirq', ...(program.contexts ?? []).map(({ name }) => name)];
    this.#task = this.#taskNamed('main');
  }

  apply(step: Primitive): ReportKind | null {
    switch (step.op) {
      case 'task':
        this.#task = this.#taskNamed(step.id);
        return null;
      case 'acquire':
        return this.#acquire(this.#asked(step), null);
      case 'release':
        return this.#release(step.lock);
      case 'downgrade':
        return this.#replace(step.lock, (entry) => ({ ...entry, mode: 'read' }));
      case 'set_class':
        return this.#replace(step.lock, (entry) => {
          if (step.class !== undefined) this.#classes.set(step.lock, step.class);
          return { ...entry, class: this.#className(step.lock, step.subclass ?? 0), subclass: step.subclass ?? 0 };
        });
      default:
        return this.#context(step);
    }
  }

  #asked(step: AcquireStep): Entry & { readonly sync: boolean } {
    const subclass = step.subclass ?? 0;
    return {
      lock: step.lock,
      class: this.#className(step.lock, subclass),
      mode: step.mode ?? 'write',
      trylock: step.trylock ?? false,
      checked: (step.check ?? true) && this.#validated(step.lock),
      subclass,
      nest: step.nest ?? null,
      sync: step.sync ?? false,
      count: null,
      chain: this.#chain(),
      hardirqs: this.#task.enabled.has('hardirq'),
    };
  }

  /** One acquisition; `again` when it is put back after something under it changed. */
  #acquire(want: Entry & { readonly sync?: boolean }, again: Entry | null): ReportKind | null {
    if (this.#program.locks[want.lock]!.track === false) return null;
    const { held } = this.#task;
    const top = held.at(-1);
    if (want.nest !== null && want.sync !== true && top?.class === want.class) {
      top.count = (top.count ?? 1) + Math.max(again?.count ?? 1, 1);
      return null;
    }
    const report = this.#checkWait(want) ?? this.#checkUses(want) ?? this.#checkNest(want) ?? this.#checkOrder(want);
    if (want.sync !== true) held.push({ ...want, count: again?.count ?? null });
    return report;
  }

  #checkWait(want: Entry): ReportKind | null {
    const { waitInner, waitOuter } = this.#kindOf(want);
    if (waitInner === 0 || want.trylock) return null;
    let limit: number = this.#contextLimit();
    for (const entry of this.#sameChain()) {
      const held = this.#kindOf(entry);
      if (held.type === 'wait-override') limit = held.waitInner;
      else if (held.waitInner !== 0) limit = Math.min(limit, held.waitInner);
    }
    return (waitOuter || waitInner) > limit ? 'invalid-wait-context' : null;
  }

  #contextLimit(): number {
    const { entered, threaded } = this.#task;
    if ((entered.get('hardirq') ?? 0) > 0) return threaded.has('hardirq') ? 3 : 2;
    return (entered.get('softirq') ?? 0) > 0 ? 3 : 5;
  }

  #checkUses(want: Entry & { readonly sync?: boolean }): ReportKind | null {
    if (!want.checked) return null;
    const uses: ['used-in' | 'enabled', string][] = [];
    if (!want.trylock) {
      for (const kind of this.#kinds) if ((this.#task.entered.get(kind) ?? 0) > 0) uses.push(['used-in', kind]);
    }
    if (want.sync !== true) {
      for (const kind of this.#kinds) if (this.#canHappen(kind, want.hardirqs)) uses.push(['enabled', kind]);
    }
    for (const [way, kind] of uses) {
      const report = this.#use(want, way, kind);
      if (report !== null) return report;
    }
    return null;
  }

  /** Notes one use of a class and checks it against all others. */
  #use(used: Entry, way: 'used-in' | 'enabled', context: string): ReportKind | null {
    const write = used.mode === 'write';
    const usage: Usage = { class: used.class, context, way, write };
    if (this.#usages.some((known) => same(known, usage))) return null;
    this.#usages.push(usage);
    const other = this.#usages.filter((known) => known.context === context && known.way !== way);
    if (other.some((known) => known.class === used.class && (known.write || write))) return 'inconsistent-state';
    const skip = (name: string): boolean => this.#isSkipped(name);
    // An interrupt wants the lock while somebody who holds it goes on to what the interrupted task holds, or the reverse.
    const ends =
      way === 'used-in'
        ? endsAhead(this.#dependencies, { at: used.class, weak: used.mode === 'recursive-read' }, skip)
        : endsBehind(this.#dependencies, { at: used.class, weak: !write }, skip);
    const hit = ends.some(({ at, weak }) => other.some((known) => known.class === at && (known.write || !weak)));
    return hit ? 'irq-inversion' : null;
  }

  #checkNest({ nest }: Entry): ReportKind | null {
    return nest === null || this.#task.held.some((entry) => this.#isEntryOf(entry, nest)) ? null : 'nest-not-held';
  }

  #checkOrder(want: Entry): ReportKind | null {
    if (want.trylock || !want.checked) return null;
    const { held } = this.#task;
    const rival = held.find((entry) => this.#collides(entry, want));
    if (rival !== undefined) {
      const upToRival = held.slice(0, held.indexOf(rival) + 1);
      const excused = want.nest !== null && upToRival.some((entry) => entry.lock === want.nest);
      // What a nest lock excuses has no order of its own.
      return excused && rival.class === want.class ? null : 'recursive';
    }
    for (const entry of this.#sameChain().reverse()) {
      const report = this.#depend(entry, want);
      if (report !== null) return report;
    }
    return null;
  }

  /** Does taking `want` under `entry` block for certain, or as far as the class tells? */
  #collides(entry: Entry, want: Entry): boolean {
    if (entry.class !== want.class && entry.lock !== want.lock) return false;
    if (want.mode === 'recursive-read' && entry.mode !== 'write') return false;
    return entry.lock === want.lock || !this.#compared(entry, want);
  }

  #depend(entry: Entry, want: Entry): ReportKind | null {
    if (!entry.checked) return null;
    if (entry.class === want.class && this.#compared(entry, want)) return null;
    const added: Dependency = {
      from: entry.class,
      to: want.class,
      heldShared: entry.mode !== 'write',
      wantRecursive: want.mode === 'recursive-read',
    };
    if (this.#dependencies.some((known) => same(known, added))) return null;
    if (closesCircle(this.#dependencies, added)) return added.from === added.to ? 'recursive' : 'circular';
    const report = this.#connectsContexts(added) ? 'irq-order' : null;
    this.#dependencies.push(added);
    return report;
  }

  /** Does the dependency lead from a class used in a context to one held with it enabled? */
  #connectsContexts(added: Dependency): boolean {
    const skip = (name: string): boolean => this.#isSkipped(name);
    const behind = endsBehind(this.#dependencies, { at: added.from, weak: added.heldShared }, skip);
    const ahead = endsAhead(this.#dependencies, { at: added.to, weak: added.wantRecursive }, skip);
    const uses = (ends: typeof ahead, way: Usage['way']): Usage[] =>
      this.#usages.filter(
        (usage) => usage.way === way && ends.some(({ at, weak }) => at === usage.class && (usage.write || !weak)),
      );
    const unsafe = uses(ahead, 'enabled');
    return uses(behind, 'used-in').some((safe) => unsafe.some(({ context }) => context === safe.context));
  }

  #release(lock: string): ReportKind | null {
    if (this.#program.locks[lock]!.track === false) return null;
    const at = this.#releasable(lock);
    if (at < 0) return 'bad-unlock';
    const entry = this.#task.held[at]!;
    if (entry.count !== null) {
      entry.count -= 1;
      if (entry.count > 0) return null;
    }
    return this.#putBack(at, this.#task.held.slice(at + 1));
  }

  #replace(lock: string, change: (entry: Entry) => Entry): ReportKind | null {
    const at = this.#releasable(lock);
    if (at < 0) return 'bad-unlock';
    const [entry, ...above] = this.#task.held.slice(at);
    return this.#putBack(at, [change(entry!), ...above]);
  }

  /** Cuts the stack and acquires again what is to be on top. */
  #putBack(at: number, entries: readonly Entry[]): ReportKind | null {
    this.#task.held = this.#task.held.slice(0, at);
    for (const entry of entries) {
      const report = this.#acquire({ ...entry, chain: this.#chain() }, entry);
      if (report !== null) return report;
    }
    return null;
  }

  /** The top entry, whatever its context, or the next one below that is of the same context as the one above it. */
  #releasable(lock: string): number {
    const { held } = this.#task;
    for (let at = held.length - 1; at >= 0; at--) {
      if (at < held.length - 1 && held[at]!.chain !== held[at + 1]!.chain) return -1;
      if (this.#isEntryOf(held[at]!, lock)) return at;
    }
    return -1;
  }

  #isEntryOf(entry: Entry, lock: string): boolean {
    return entry.lock === lock || (entry.count !== null && entry.class === this.#className(lock, 0));
  }

  #context({ op, kind, threaded }: ContextStep): ReportKind | null {
    const task = this.#task;
    const depth = task.entered.get(kind) ?? 0;
    if (op === 'enter') {
      if (depth === 0) task.threaded.delete(kind);
      if (threaded === true) task.threaded.add(kind);
      task.entered.set(kind, depth + 1);
    } else if (op === 'exit') task.entered.set(kind, Math.max(0, depth - 1));
    else if (op === 'disable') task.enabled.delete(kind);
    else return this.#enable(kind);
    return null;
  }

  #enable(kind: string): ReportKind | null {
    const { enabled } = this.#task;
    const could = this.#kinds.filter((each) => this.#canHappen(each, enabled.has('hardirq')));
    enabled.add(kind);
    for (const each of this.#kinds) {
      if (could.includes(each) || !this.#canHappen(each, enabled.has('hardirq'))) continue;
      for (const entry of this.#task.held) {
        const report = entry.checked ? this.#use(entry, 'enabled', each) : null;
        if (report !== null) return report;
      }
    }
    return null;
  }

  /** Softirqs do not run while hardirqs are off; other kinds say what masks them. */
  #canHappen(kind: string, hardirqs: boolean): boolean {
    if (kind === 'hardirq') return hardirqs;
    const declared = this.#program.contexts?.find(({ name }) => name === kind);
    const maskedBy = kind === 'softirq' ? ['hardirq'] : (declared?.maskedBy ?? []);
    const on = (each: string): boolean => (each === 'hardirq' ? hardirqs : this.#task.enabled.has(each));
    return on(kind) && maskedBy.every(on);
  }

  /** The entries of the context the task is in now, oldest first. */
  #sameChain(): Entry[] {
    const { held } = this.#task;
    const chain = this.#chain();
    const below = held.findLastIndex((entry) => entry.chain !== chain);
    return held.slice(below + 1);
  }

  #chain(): string {
    const interrupts = (kind: string): boolean =>
      this.#program.contexts?.find(({ name }) => name === kind)?.interrupts ?? true;
    return this.#kinds.filter((kind) => (this.#task.entered.get(kind) ?? 0) > 0 && interrupts(kind)).join(' ');
  }

  #compared(held: Entry, want: Entry): boolean {
    const order = this.#program.ordered?.[want.class.slice(0, want.class.lastIndexOf('/'))];
    return order !== undefined && order.indexOf(held.lock) < order.indexOf(want.lock);
  }

  #className(lock: string, subclass: number): string {
    return `${this.#classes.get(lock) ?? classOf(this.#program, lock)}/${subclass}`;
  }

  #kindOf(entry: { readonly class: string }): LockKind {
    return lockKinds[this.#lockOf(entry.class).kind];
  }

  /** A lock that was given another class has left the one that is not validated. */
  #validated(lock: string): boolean {
    return this.#program.locks[lock]!.validate !== false || this.#classes.has(lock);
  }

  #isSkipped(className: string): boolean {
    return this.#kindOf({ class: className }).type !== 'normal';
  }

  #lockOf(className: string): Program['locks'][string] {
    const name = className.slice(0, className.lastIndexOf('/'));
    const { locks } = this.#program;
    return locks[Object.keys(locks).find((lock) => classOf(this.#program, lock) === name)!]!;
  }

  #taskNamed(id: string): TaskState {
    let task = this.#tasks.get(id);
    if (task === undefined) {
      const declared = (this.#program.contexts ?? []).filter((kind) => kind.initiallyEnabled !== false);
      const enabled = new Set(['hardirq', 'softirq', ...declared.map(({ name }) => name)]);
      task = { held: [], entered: new Map(), threaded: new Set(), enabled };
      this.#tasks.set(id, task);
    }
    return task;
  }
}

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
