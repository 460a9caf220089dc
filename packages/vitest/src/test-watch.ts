/**
 * Which reports belong to which test: those whose event happened in its asynchronous context, and those that grew to a
 * warning while it ran.
 *
 * One watch per worker, on `globalThis`, since the setup file and the tests may load this module twice. Invariant: a report
 * is handed out at most once.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Report, Validator } from '@lockdep/core';
import type { Schedule, TaskLocks } from '@lockdep/report';

/** One attempt at a test. */
export interface TestRun {
  readonly name: string;
  readonly reports: Set<Report>;
  /** Fingerprints that an assertion has dealt with. */
  readonly claimed: Set<string>;
  /** Validators of its own. */
  readonly validators: Set<Validator>;
  /** In which programs that it explored fail. */
  readonly schedules: Schedule[];
  /** What was held when its time was up. */
  readonly heldLocks: TaskLocks[];
}

export function newTestRun(name: string): TestRun {
  return { name, reports: new Set(), claimed: new Set(), validators: new Set(), schedules: [], heldLocks: [] };
}

export class TestWatch {
  /** The file uses assertions or fixtures about locks, so the checks are to be loaded. */
  wanted = false;
  readonly #storage = new AsyncLocalStorage<TestRun>();
  readonly #running = new Set<TestRun>();
  readonly #known = new WeakSet<Report>();
  readonly #validators = new WeakSet<Validator>();
  /** Reports outside every test. */
  readonly #stray = new Set<Report>();

  /** Reports of this validator count from now on. */
  add(validator: Validator): void {
    if (this.#validators.has(validator)) return;
    this.#validators.add(validator);
    this.current()?.validators.add(validator);
    validator.subscribe((report) => (this.current()?.reports ?? this.#stray).add(report));
  }

  /** The test in whose context this runs; the only running one when that is lost. */
  current(): TestRun | undefined {
    const run = this.#storage.getStore();
    if (run !== undefined && this.#running.has(run)) return run;
    return this.#running.size === 1 ? [...this.#running][0] : undefined;
  }

  async run(run: TestRun, body: () => Promise<void>): Promise<void> {
    this.#running.add(run);
    try {
      await this.#storage.run(run, body);
    } finally {
      this.#running.delete(run);
    }
  }

  /** What the test has to answer for: its reports that matter, and those of the validator that have come to matter. */
  findings(run: TestRun, validator: Validator): Report[] {
    const reports = new Set(run.reports);
    if (this.#running.size === 0)
      for (const report of validator.reports) if (!this.#stray.has(report)) reports.add(report);
    return this.#fresh([...reports].filter(({ fingerprint }) => !run.claimed.has(fingerprint)));
  }

  /** Reports of hooks of the file and of code between the tests. */
  strays(): Report[] {
    return this.#fresh([...this.#stray]);
  }

  /** Called by assertions about these reports: they have been expected, or have failed the test already. */
  claim(reports: Iterable<Report>): void {
    const claimed = this.current()?.claimed;
    for (const report of reports) {
      this.#known.add(report);
      claimed?.add(report.fingerprint);
    }
  }

  #fresh(reports: readonly Report[]): Report[] {
    const fresh = reports.filter((report) => report.level !== 'note' && !this.#known.has(report));
    for (const report of fresh) this.#known.add(report);
    return fresh;
  }
}

const slot: { [key: symbol]: TestWatch | undefined } = globalThis as never;
const name = Symbol.for('@lockdep/vitest');

/** The watch of this worker. */
export function testWatch(): TestWatch {
  slot[name] ??= new TestWatch();
  return slot[name];
}
