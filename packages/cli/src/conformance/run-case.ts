/** Runs one conformance case on a fresh validator, up to the first report. */
import {
  type AcquireOptions,
  type Lock,
  LockKey,
  type LockKindName,
  lockKinds,
  Reclaim,
  type Report,
  type Task,
  Validator,
  type ValidatorMode,
  WwClass,
  WwContext,
  WwMutex,
  type WwOutcome,
  wwLockPlain,
  wwUnlock,
} from '@lockdep/core';
import type { CaseStep, ConformanceCase } from './conformance-case.ts';

/** A case that cannot be run as written: an unknown op, lock or kind. */
export class CaseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CaseError';
  }
}

export interface CaseOutcome {
  /** The step at which the first report appeared, and the report; null when there was none. */
  readonly step: number | null;
  readonly report: Report | null;
}

/** @throws CaseError that names the case, the step and what is wrong with it. */
export function runCase(test: ConformanceCase, mode: ValidatorMode): CaseOutcome {
  const run = new CaseRun(test, mode);
  for (const [index, step] of test.steps.entries()) {
    try {
      run.step(step);
    } catch (error) {
      if (error instanceof CaseError || error instanceof RangeError) {
        throw new CaseError(`case ${test.id}, step ${index} (op '${step.op}'): ${error.message}`);
      }
      throw error;
    }
    const report = run.validator.reports[0];
    if (report !== undefined) return { step: index, report };
  }
  return { step: null, report: null };
}

const HARDIRQ = 'hardirq';
const SOFTIRQ = 'softirq';

/** What the irq states of the notation do; a handler runs with its own kind disabled. */
const IRQ_STATES: Readonly<Record<string, (validator: Validator, task: Task, threaded: boolean) => void>> = {
  'hard-disable': (validator, task) => validator.disableContext(task, HARDIRQ),
  'hard-enable': (validator, task) => validator.enableContext(task, HARDIRQ),
  'soft-disable': (validator, task) => validator.disableContext(task, SOFTIRQ),
  'soft-enable': (validator, task) => validator.enableContext(task, SOFTIRQ),
  'hard-enter': (validator, task, threaded) => {
    validator.disableContext(task, HARDIRQ);
    validator.enterContext(task, HARDIRQ, { threaded });
  },
  'hard-exit': (validator, task) => {
    validator.exitContext(task, HARDIRQ);
    validator.enableContext(task, HARDIRQ);
  },
  'soft-enter': (validator, task) => {
    validator.disableContext(task, SOFTIRQ);
    validator.disableContext(task, HARDIRQ);
    validator.enterContext(task, SOFTIRQ);
  },
  'soft-exit': (validator, task) => {
    validator.exitContext(task, SOFTIRQ);
    validator.enableContext(task, HARDIRQ);
    validator.enableContext(task, SOFTIRQ);
  },
};

class CaseRun {
  readonly validator: Validator;
  readonly #test: ConformanceCase;
  readonly #locks = new Map<string, Lock>();
  readonly #keys = new Map<string, LockKey>();
  readonly #wwClasses = new Map<string, WwClass>();
  readonly #mutexes = new Map<string, WwMutex>();
  readonly #contexts = new Map<string, WwContext>();
  readonly #tasks = new Map<string, Task>();
  readonly #reclaim: Reclaim;
  #task: Task;

  constructor(test: ConformanceCase, mode: ValidatorMode) {
    this.#test = test;
    this.validator = new Validator({ mode, sites: false });
    this.#task = this.validator.task('main');
    this.#reclaim = new Reclaim(this.validator);
    this.#initWw();
    for (const [name, { kind, wwClass }] of Object.entries(test.locks)) {
      if (wwClass !== undefined && wwClass !== null && (kind === 'ww_mutex' || kind === 'ww_ctx')) continue;
      this.#locks.set(name, this.validator.lock(this.#key(name), { label: name }));
    }
  }

  step(step: CaseStep): void {
    const run = named(this.#ops, step.op);
    if (run === undefined) throw new CaseError(`unknown op: known are ${Object.keys(this.#ops).join(', ')}`);
    run(step);
  }

  readonly #ops: Readonly<Record<string, (step: CaseStep) => void>> = {
    acquire: (step) => {
      const nest = step.nest === undefined ? null : this.#lock(step.nest);
      this.validator.acquire(this.#task, this.#lock(step.lock), acquireOptions(step), nest);
    },
    release: (step) => this.validator.release(this.#task, this.#lock(step.lock)),
    init: (step) => this.validator.initLock(this.#task, this.#lock(step.lock)),
    downgrade: (step) => this.validator.downgrade(this.#task, this.#lock(step.lock)),
    set_class: (step) => {
      const lock = this.#lock(step.lock);
      this.validator.setClass(
        this.#task,
        lock,
        step.class === undefined ? lock.key : this.#classKey(step.class),
        step.subclass ?? 0,
      );
    },
    set_subclass: (step) => this.validator.reinit(this.#lock(step.lock), this.#lock(step.lock).key, step.subclass ?? 0),
    assert: (step) => {
      const { name } = this.#lock(step.lock).key;
      if (name !== step.equals) throw new CaseError(`the class of ${step.lock} is named ${name}, not ${step.equals}`);
    },
    task: (step) => this.#switchTask(step.id ?? ''),
    irq: (step) => this.#irq(step),
    reclaim: (step) => {
      if (step.state === 'enter') this.#reclaim.enter(this.#task, step.fs ?? false);
      else this.#reclaim.exit(this.#task, step.fs ?? false);
    },
    might_alloc: (step) => this.#reclaim.mightAlloc(this.#task, step.fs ?? false),
    scope: (step) => {
      if (step.name !== 'nofs') throw new CaseError(`unknown scope '${step.name}': known is nofs`);
      if (step.state === 'enter') this.#reclaim.nofsSave(this.#task);
      else this.#reclaim.nofsRestore(this.#task);
    },
    ww: (step) => this.#ww(step),
    note: () => {},
  };

  #irq(step: CaseStep): void {
    const lowered = named(IRQ_STATES, step.state);
    if (lowered === undefined) {
      throw new CaseError(`unknown irq state '${step.state}': known are ${Object.keys(IRQ_STATES).join(', ')}`);
    }
    lowered(this.validator, this.#task, step.threaded ?? false);
  }

  /** The hard interrupt's state belongs to the CPU, of which there is one: it follows to the next task. */
  #switchTask(id: string): void {
    const from = this.#task;
    let to = this.#tasks.get(id);
    if (to === undefined) {
      to = this.validator.task(id);
      this.#tasks.set(id, to);
    }
    if ((from.enabled & 1) === 0) this.validator.disableContext(to, HARDIRQ);
    else this.validator.enableContext(to, HARDIRQ);
    this.#task = to;
  }

  #ww(step: CaseStep): void {
    const run = named(this.#wwFunctions, step.fn);
    if (run === undefined) {
      throw new CaseError(`unknown ww function '${step.fn}': known are ${Object.keys(this.#wwFunctions).join(', ')}`);
    }
    run(step, (step.expect ?? 'ok') as WwOutcome);
  }

  readonly #wwFunctions: Readonly<Record<string, (step: CaseStep, outcome: WwOutcome) => void>> = {
    acquire_init: (step) => this.#context(step.ctx).init(this.#task),
    acquire_done: (step) => this.#context(step.ctx).done(this.#task),
    acquire_fini: (step) => this.#context(step.ctx).fini(this.#task),
    lock: (step, outcome) => {
      const mutex = this.#mutex(step.lock);
      if (step.ctx == null) wwLockPlain(this.validator, this.#task, mutex, outcome, false);
      else this.#context(step.ctx).lock(this.#task, mutex, outcome);
    },
    trylock: (step, outcome) => {
      const mutex = this.#mutex(step.lock);
      if (step.ctx == null) wwLockPlain(this.validator, this.#task, mutex, outcome, true);
      else this.#context(step.ctx).trylock(this.#task, mutex, outcome);
    },
    lock_slow: (step, outcome) => this.#context(step.ctx).lockSlow(this.#task, this.#mutex(step.lock), outcome),
    unlock: (step) => wwUnlock(this.validator, this.#task, this.#mutex(step.lock)),
    owner_ctx: (step) => {
      this.#mutex(step.lock).context = step.ctx == null ? null : this.#context(step.ctx);
    },
    ctx_copy: (step) => this.#context(step.to).copyFrom(this.#context(step.from)),
    ctx_stamp: () => {}, // the outcome of every attempt is written in the case
    ctx_set: (step) => {
      const context = this.#context(step.ctx);
      if (step.acquired !== undefined) context.acquired = step.acquired;
      if (step.wwClass !== undefined)
        context.wwClass = step.wwClass === null ? null : (this.#wwClasses.get(step.wwClass) ?? null);
    },
  };

  #initWw(): void {
    const members = Object.entries(this.#test.locks).filter(
      ([, lock]) => lock.wwClass !== undefined && lock.wwClass !== null,
    );
    for (const [name, lock] of members) {
      const wwName = lock.wwClass!;
      const named = (kind: string): string | undefined =>
        members.find(([, m]) => m.wwClass === wwName && m.kind === kind)?.[1].class;
      const wwClass = this.#wwClasses.get(wwName) ?? new WwClass(wwName, named('ww_mutex'), named('ww_ctx'));
      this.#wwClasses.set(wwName, wwClass);
      if (lock.kind === 'ww_mutex') {
        const mutex = new WwMutex(this.validator, wwClass, name);
        this.#mutexes.set(name, mutex);
        this.#locks.set(name, mutex.lock);
      } else {
        const context = new WwContext(this.validator, wwClass, name);
        this.#contexts.set(name, context);
        this.#locks.set(name, context.map);
      }
    }
  }

  #key(name: string): LockKey {
    const lock = this.#test.locks[name]!;
    const className = lock.class ?? name;
    // Locks that are not validated, or not tracked, leave their class for one that they all share, as in Linux.
    const identity = lock.validate === false ? ' novalidate' : lock.track === false ? ' notrack' : className;
    const known = this.#keys.get(identity);
    if (known !== undefined) return known;
    if (!Object.hasOwn(lockKinds, lock.kind)) {
      throw new CaseError(
        `case ${this.#test.id}, lock ${name}: unknown kind '${lock.kind}': known are ${Object.keys(lockKinds).join(', ')}`,
      );
    }
    const order = this.#test.ordered?.[className];
    const key = new LockKey({
      name: className,
      kind: lock.kind as LockKindName,
      validate: lock.validate ?? true,
      track: lock.track ?? true,
      ...(order === undefined
        ? {}
        : { compare: (held, wanted) => order.indexOf(held.label) - order.indexOf(wanted.label) }),
    });
    this.#keys.set(identity, key);
    return key;
  }

  #classKey(className: string): LockKey {
    const name = Object.entries(this.#test.locks).find(
      ([lockName, lock]) => (lock.class ?? lockName) === className,
    )?.[0];
    return name === undefined ? new LockKey({ name: className }) : this.#key(name);
  }

  #lock(name: string | undefined): Lock {
    return this.#named(this.#locks, name, 'lock');
  }

  #mutex(name: string | undefined): WwMutex {
    return this.#named(this.#mutexes, name, 'ww mutex');
  }

  #context(name: string | null | undefined): WwContext {
    return this.#named(this.#contexts, name ?? undefined, 'ww context');
  }

  #named<T>(all: ReadonlyMap<string, T>, name: string | undefined, what: string): T {
    const found = name === undefined ? undefined : all.get(name);
    if (found === undefined)
      throw new CaseError(`no ${what} named '${name ?? ''}': declared are ${[...all.keys()].join(', ')}`);
    return found;
  }
}

function acquireOptions(step: CaseStep): AcquireOptions {
  return {
    mode: step.mode === undefined || step.mode === 'spin' ? 'write' : step.mode,
    trylock: step.trylock ?? false,
    subclass: step.subclass ?? 0,
    check: step.check ?? true,
    sync: step.sync ?? false,
  };
}

/** An entry of a table by a name that comes from a file; what every object inherits (`constructor`) is none. */
function named<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
