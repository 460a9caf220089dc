/**
 * Runs a peer case on a fresh validator in ideal mode, to its end, and says whether it reported anything of level warning or error.
 *
 * Lowering of what is not a lock event: a task that was forked claims its own end, for which a join waits; a condition that is
 * waited for is an event, which needs whatever its notifier held.
 */
import { type Lock, LockKey, type Report, type Task, TRYLOCK, Validator } from '@lockdep/core';
import type { PeerCase, PeerLock, PeerStep } from './peer-case.ts';
import { CaseError } from './run-case.ts';

const KINDS = { mutex: 'mutex', rwlock: 'rwsem', recursive: 'mutex', monitor: 'mutex', spin: 'spinlock' } as const;

/** The reports of level warning or error. @throws CaseError for an unknown op or lock. */
export function runPeerCase(test: PeerCase): readonly Report[] {
  const run = new PeerRun(test);
  for (const [index, step] of test.steps.entries()) {
    try {
      run.step(step);
    } catch (error) {
      if (error instanceof CaseError)
        throw new CaseError(`case ${test.id}, step ${index} (op '${step.op}'): ${error.message}`);
      throw error;
    }
  }
  return run.validator.reports.filter((report) => report.level !== 'note');
}

class PeerRun {
  readonly validator = new Validator({ sites: false });
  readonly #test: PeerCase;
  readonly #keys = new Map<string, LockKey>();
  readonly #locks = new Map<string, Lock>();
  readonly #tasks = new Map<string, Task>();
  readonly #events = new Map<string, Lock>();
  /** Locks a task takes again while it holds them: how often. */
  readonly #depth = new Map<string, number>();
  readonly #destroyed = new Set<string>();
  /** Locks taken where nothing is tracked, and locks that are let go while their holder waits. */
  readonly #untracked = new Set<string>();

  constructor(test: PeerCase) {
    this.#test = test;
    this.#declareRanks();
    for (const [name, { acquired_before: before = [] }] of Object.entries(test.locks)) {
      for (const later of before) this.#declare(name, later);
    }
  }

  step(step: PeerStep): void {
    const run = this.#ops[step.op];
    if (run === undefined) throw new CaseError(`unknown op: known are ${Object.keys(this.#ops).join(', ')}`);
    const task = this.#task(step.task);
    const tracked = step.untracked !== 1 && !(step.op === 'unlock' && this.#untracked.delete(step.lock ?? ''));
    if (step.untracked === 1) this.#untracked.add(step.lock ?? '');
    if (!tracked) this.validator.off(task);
    run(task, step);
    if (!tracked) this.validator.on(task);
  }

  readonly #ops: Readonly<Record<string, (task: Task, step: PeerStep) => void>> = {
    lock: (task, step) => this.#acquire(task, step, 'write'),
    rlock: (task, step) => this.#acquire(task, step, step.recursive === 1 ? 'recursive-read' : 'read'),
    trylock: (task, step) => this.validator.acquire(task, this.#lock(step), { trylock: true }),
    unlock: (task, step) => this.#release(task, step),
    destroy: (task, step) => {
      this.validator.disposeLock(task, this.#lock(step));
      this.#destroyed.add(step.lock!);
    },
    init: (task, step) => this.#init(task, step),
    fork: (task, step) => {
      // Nothing says that the parent waits for it: it starts after what the parent did, not under what it holds.
      const child = this.validator.task(step.target!, { parent: task, depth: 0 });
      this.#tasks.set(step.target!, child);
      this.validator.acquire(child, this.#event(`end of ${step.target}`), TRYLOCK);
    },
    join: (task, step) => {
      const ended = this.#task(step.target!);
      this.#waitFor(task, this.#event(`end of ${step.target}`));
      this.validator.joinTask(task, ended);
    },
    wait_event: (task, step) => this.#waitFor(task, this.#event(step.event!)),
    signal_event: (task, step) => this.validator.release(task, this.#event(step.event!)),
    enter_context: (task, step) => {
      if (step.context === 'irq') this.validator.enterContext(task, 'hardirq');
      else this.validator.acquire(task, this.#event(step.context!), TRYLOCK);
    },
    leave_context: (task) => this.validator.exitContext(task, 'hardirq'),
    cond_wait: (task, step) => {
      this.validator.release(task, this.#lock(step));
      this.#waitFor(task, this.#event(step.cond!));
      this.validator.acquire(task, this.#lock(step));
    },
    cond_notify: (task, step) => this.#notify(task, this.#event(step.cond!)),
    read: () => {},
    write: () => {},
  };

  #acquire(task: Task, step: PeerStep, mode: 'write' | 'read' | 'recursive-read'): void {
    const lock = this.#lock(step);
    if (this.#isRecursive(step.lock!) && this.validator.isHeld(task, lock)) {
      this.#count(task, step.lock!, 1);
      return;
    }
    if (step.may === 1) {
      this.validator.mightLock(task, lock, { mode });
      return;
    }
    const dropped = this.#dropOnBlock(task);
    if (this.#definition(step.lock!).irq_safe === true) this.validator.disableContext(task, 'hardirq');
    this.validator.acquire(task, lock, { mode });
    for (const picked of dropped) this.validator.acquire(task, picked);
    const holders = this.validator.holders(lock).filter((holder) => holder !== task);
    if (mode === 'write' && holders.length > 0) this.validator.contended(task, lock);
  }

  #release(task: Task, step: PeerStep): void {
    if (this.#isRecursive(step.lock!) && this.#count(task, step.lock!, 0) > 0) {
      this.#count(task, step.lock!, -1);
      return;
    }
    this.validator.release(task, this.#lock(step));
    if (this.#definition(step.lock!).irq_safe === true) this.validator.enableContext(task, 'hardirq');
  }

  /** Locks of BSD's Giant kind are let go while their holder may wait, and picked up again. */
  #dropOnBlock(task: Task): Lock[] {
    const dropped = [...this.#locks]
      .filter(
        ([name, lock]) => this.#definition(name).auto_release_on_block === true && this.validator.isHeld(task, lock),
      )
      .map(([, lock]) => lock);
    for (const lock of dropped) this.validator.release(task, lock);
    return dropped;
  }

  /** A lock made anew where one was destroyed is another one: what was learned of the old one goes. */
  #init(task: Task, step: PeerStep): void {
    const name = step.lock!;
    this.validator.initLock(task, this.#lock(step));
    if (!this.#destroyed.delete(name)) return;
    this.validator.zap(this.#key(name));
  }

  #waitFor(task: Task, event: Lock): void {
    this.validator.acquire(task, event);
    this.validator.release(task, event);
  }

  /** The event comes only when its notifier gets what it holds now. */
  #notify(task: Task, event: Lock): void {
    const notifier = this.validator.task(`${task.name} notifying`);
    this.validator.acquire(notifier, event, TRYLOCK);
    for (let index = 0; index < task.depth; index++) {
      const needed = task.locks[index]!;
      this.validator.acquire(notifier, needed);
      this.validator.release(notifier, needed);
    }
    this.validator.release(notifier, event);
    this.validator.endTask(notifier);
  }

  #isRecursive(name: string): boolean {
    const { kind } = this.#definition(name);
    return kind === 'recursive' || kind === 'monitor';
  }

  #count(task: Task, name: string, by: number): number {
    const key = `${task.id} ${name}`;
    const count = (this.#depth.get(key) ?? 0) + by;
    this.#depth.set(key, count);
    return count;
  }

  #task(name: string): Task {
    let task = this.#tasks.get(name);
    if (task === undefined) {
      task = this.validator.task(name);
      this.#tasks.set(name, task);
    }
    return task;
  }

  #definition(name: string): PeerLock {
    const definition = this.#test.locks[name];
    if (definition === undefined) throw new CaseError(`no lock named '${name}'`);
    return definition;
  }

  #key(name: string): LockKey {
    const { kind, class: className = name, irq_safe: irqSafe } = this.#definition(name);
    let key = this.#keys.get(className);
    if (key === undefined) {
      const ordered = this.#test.steps.some(
        ({ lock, order }) => order !== undefined && (this.#test.locks[lock!]?.class ?? lock) === className,
      );
      key = new LockKey({
        name: className,
        kind: irqSafe === true ? 'raw_spinlock' : (KINDS[kind] ?? 'mutex'),
        ...(ordered ? { order: { by: 'order' } } : {}),
      });
      this.#keys.set(className, key);
    }
    return key;
  }

  #lock({ lock: name, order }: PeerStep): Lock {
    if (name === undefined) throw new CaseError('no lock');
    let lock = this.#locks.get(name);
    if (lock === undefined) {
      const { scope } = this.#definition(name);
      lock = this.validator.lock(this.#key(name), {
        label: name,
        ...(order === undefined ? {} : { orderKeys: { order } }),
        ...(scope === undefined ? {} : { scope }),
      });
      this.#locks.set(name, lock);
    }
    return lock;
  }

  #event(name: string): Lock {
    let event = this.#events.get(name);
    if (event === undefined) {
      event = this.validator.lock(new LockKey({ name, kind: 'completion' }), { label: name });
      this.#events.set(name, event);
    }
    return event;
  }

  /** Ranks are an order declared between all locks of a domain. */
  #declareRanks(): void {
    const ranked = Object.entries(this.#test.locks).filter(([, { rank }]) => rank !== undefined);
    for (const [name, a] of ranked) {
      for (const [later, b] of ranked) {
        const sameDomain = (a.rank_domain ?? '') === (b.rank_domain ?? '') && a.scope === b.scope;
        if (sameDomain && a.rank! < b.rank!) this.#declare(name, later);
      }
    }
  }

  #declare(outer: string, inner: string): void {
    if (this.#test.locks[inner] === undefined) return;
    const classes = [outer, inner].map((name) => ({ key: this.#key(name), subclass: 0, usage: 0 }));
    this.validator.learn({ classes, dependencies: [{ from: 0, to: 1, bits: 8, distance: 1 }], chains: [] });
  }
}
