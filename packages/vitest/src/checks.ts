/**
 * What the setup entry does for a file that uses locks: hands each test the reports it caused, and records what it added to
 * the order. Loaded when the first lock is in sight, since the validator and the renderers take longer to load than a
 * thousand trivial tests take to run.
 */
import type { Report } from '@lockdep/core';
import { mergeGraphs } from '@lockdep/graph';
import { lockdep } from '@lockdep/locks';
import { expect, type RunnerTestCase, type RunnerTestFile } from 'vitest';
import { freshFindings } from './baseline-file.ts';
import { FileGraph } from './file-graph.ts';
import { orderSerializer } from './lock-order.ts';
import { LockReportFailure } from './lock-report-failure.ts';
import { matchers } from './matchers.ts';
import type { Settings } from './options.ts';
import { programFrames } from './program-frames.ts';
import { reportText } from './report-text.ts';
import type { TestRecord } from './test-record.ts';
import { type TestRun, testWatch } from './test-watch.ts';
import { addTimeoutDump } from './timeout-dump.ts';

export class Checks {
  readonly #settings: Settings;
  readonly #root: string;
  readonly #validator = lockdep();
  readonly #graph: FileGraph;
  /** What each test had to answer for in its attempts so far. */
  readonly #answered = new WeakMap<RunnerTestCase, readonly Report[]>();

  constructor(settings: Settings, root: string) {
    this.#settings = settings;
    this.#root = root;
    this.#graph = new FileGraph(this.#validator, root);
    testWatch().add(this.#validator);
    expect.extend(matchers);
    expect.addSnapshotSerializer(orderSerializer);
  }

  /** Before a test. */
  watchTimeout(signal: AbortSignal, run: TestRun): void {
    addTimeoutDump(signal, run, () => new Set([this.#validator, ...run.validators]), this.#root);
  }

  /** After a test. @throws LockReportFailure for what it has to answer for. */
  settle(test: RunnerTestCase, run: TestRun): void {
    // A report is made once: another attempt would pass, though nothing has changed.
    const earlier = (this.#answered.get(test) ?? []).filter(({ fingerprint }) => !run.claimed.has(fingerprint));
    const reports = [...earlier, ...testWatch().findings(run, this.#validator)];
    this.#answered.set(test, reports);
    const sent = this.#record(test.fullName, reports, run);
    if (sent !== null) test.meta.lockdep = withAttempt(test.meta.lockdep, sent);
    this.#answerFor(reports);
  }

  /** After the tests: the file's own hooks, and what ran between the tests. */
  settleFile(file: RunnerTestFile): void {
    const reports = testWatch().strays();
    const sent = this.#record(file.name, reports, null);
    if (sent !== null) file.meta.lockdep = sent;
    this.#answerFor(reports);
  }

  /** Fails or warns about what the baseline does not know. */
  #answerFor(reports: readonly Report[]): void {
    const { mode, baseline, updating } = this.#settings;
    const fresh = updating ? [] : freshFindings(reports, this.#root, baseline);
    if (fresh.length === 0) return;
    if (mode === 'warn') {
      for (const report of fresh) console.warn(reportText(report, this.#root));
      return;
    }
    const failures = fresh.map((report) => new LockReportFailure(report, this.#root));
    throw failures.length === 1 ? failures[0]! : new AggregateError(failures, failures.map(String).join('\n\n'));
  }

  #record(name: string, reports: readonly Report[], run: TestRun | null): TestRecord | null {
    const added = this.#graph.take(name);
    const { claimed = new Set<string>(), schedules = [], heldLocks = [] } = run ?? {};
    if (added === null && reports.length + claimed.size + schedules.length + heldLocks.length === 0) return null;
    return {
      ...(added === null ? {} : { graph: added }),
      ...(reports.length === 0 ? {} : { reports: reports.map((report) => programFrames(report, this.#root)) }),
      ...(claimed.size === 0 ? {} : { expected: [...claimed].sort() }),
      ...(schedules.length === 0 ? {} : { schedules }),
      ...(heldLocks.length === 0 ? {} : { heldLocks: programFrames(heldLocks, this.#root) }),
    };
  }
}

/** What a test has sent, with what another attempt adds. */
function withAttempt(before: TestRecord | undefined, attempt: TestRecord): TestRecord {
  const graphs = [before?.graph, attempt.graph].filter((graph) => graph !== undefined);
  return { ...before, ...attempt, ...(graphs.length === 0 ? {} : { graph: mergeGraphs(graphs) }) };
}
