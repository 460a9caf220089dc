/**
 * A validator with locks and tasks by name, and events written as lockdep people write them.
 *
 * `W(A)` exclusive, `r(A)` fair reader, `R(A)` recursive reader, `-A` release, `d(A)` downgrade; before the letter `try`, `sync`,
 * `unchecked`; inside `A/1` a subclass and `A<N` a nest lock. `A1` and `A2` are two locks of class `A`. Contexts: `irq{ … }irq`,
 * `soft{ … }soft` a handler, `cli … sti` and `bh- … bh+` sections with hard and soft interrupts off.
 */
import type { AcquireOptions, Lock, LockKeyOptions, Report, ReportKind, Task, ValidatorOptions } from '../src/index.ts';
import { LockKey, Validator } from '../src/index.ts';

const TAKE = /^(try|sync|unchecked)?([WrR])\((\w+?)(?:\/(\d))?(?:<(\w+))?\)$/;

const CONTEXTS: Readonly<Record<string, (validator: Validator, task: Task) => void>> = {
  cli: (validator, task) => validator.disableContext(task, 'hardirq'),
  sti: (validator, task) => validator.enableContext(task, 'hardirq'),
  'bh-': (validator, task) => validator.disableContext(task, 'softirq'),
  'bh+': (validator, task) => validator.enableContext(task, 'softirq'),
  'irq{': (validator, task) => {
    validator.disableContext(task, 'hardirq');
    validator.enterContext(task, 'hardirq');
  },
  '}irq': (validator, task) => {
    validator.exitContext(task, 'hardirq');
    validator.enableContext(task, 'hardirq');
  },
  'soft{': (validator, task) => {
    validator.disableContext(task, 'softirq');
    validator.enterContext(task, 'softirq');
  },
  '}soft': (validator, task) => {
    validator.exitContext(task, 'softirq');
    validator.enableContext(task, 'softirq');
  },
};

export class Scene {
  readonly validator: Validator;
  readonly #keyOptions = new Map<string, Partial<LockKeyOptions>>();
  readonly #keys = new Map<string, LockKey>();
  readonly #locks = new Map<string, Lock>();
  readonly #tasks = new Map<string, Task>();

  constructor(options: ValidatorOptions = {}) {
    this.validator = new Validator({ sites: false, ...options });
  }

  /** Sets the options of a class before its first lock is used; the default is a lock map, whose wait type is not checked. */
  class(name: string, options: Partial<LockKeyOptions>): this {
    this.#keyOptions.set(name, options);
    return this;
  }

  key(className: string): LockKey {
    let key = this.#keys.get(className);
    if (key === undefined) {
      key = new LockKey({ name: className, kind: 'lockmap', ...this.#keyOptions.get(className) });
      this.#keys.set(className, key);
    }
    return key;
  }

  lock(name: string): Lock {
    let lock = this.#locks.get(name);
    if (lock === undefined) {
      lock = this.validator.lock(this.key(name.replace(/\d+$/, '')), { label: name });
      this.#locks.set(name, lock);
    }
    return lock;
  }

  task(name = 'main'): Task {
    let task = this.#tasks.get(name);
    if (task === undefined) {
      task = this.validator.task(name);
      this.#tasks.set(name, task);
    }
    return task;
  }

  /** Events of one task; returns the kinds of all reports so far, in order. */
  run(events: string, taskName = 'main'): ReportKind[] {
    const task = this.task(taskName);
    for (const event of events.split(/\s+/)) if (event !== '') this.#event(event, task);
    return this.kinds();
  }

  kinds(): ReportKind[] {
    return this.validator.reports.map((report) => report.kind);
  }

  /** The reports of one kind. */
  reports<K extends ReportKind>(kind: K): Extract<Report, { kind: K }>[] {
    return this.validator.reports.filter((report): report is Extract<Report, { kind: K }> => report.kind === kind);
  }

  /** Dependencies learned, as `A→B`. */
  dependencies(): string[] {
    return this.validator
      .graph()
      .mapEdges((_edge, _attributes, from, to) => `${from}→${to}`)
      .sort();
  }

  #event(event: string, task: Task): void {
    const context = CONTEXTS[event];
    if (context !== undefined) return context(this.validator, task);
    if (event.startsWith('-')) return this.validator.release(task, this.lock(event.slice(1)));
    if (event.startsWith('d(')) return this.validator.downgrade(task, this.lock(event.slice(2, -1)));
    const match = TAKE.exec(event);
    if (match === null) throw new Error(`not an event: '${event}'`);
    const [, flag, letter, lock, subclass, nest] = match;
    const options: AcquireOptions = {
      mode: letter === 'W' ? 'write' : letter === 'r' ? 'read' : 'recursive-read',
      trylock: flag === 'try',
      sync: flag === 'sync',
      check: flag !== 'unchecked',
      subclass: Number(subclass ?? 0),
    };
    this.validator.acquire(task, this.lock(lock!), options, nest === undefined ? null : this.lock(nest));
  }
}

/** Runs events on a validator of their own. */
export function kindsOf(events: string, options: ValidatorOptions = {}): ReportKind[] {
  return new Scene(options).run(events);
}
