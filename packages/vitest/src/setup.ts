/**
 * `setupFiles: ['@lockdep/vitest/setup']`: every report of level warning or error fails the test that caused it.
 *
 * One validator per test file (that of the process, which isolation renews). Sends what each test added to the lock order to
 * the reporter. Cost for a test without locks: one `aroundEach` hook.
 */

import type { Report } from '@lockdep/core';
import { lockdep } from '@lockdep/locks';
import { afterAll, aroundEach, expect, inject } from 'vitest';
import { freshFindings } from './baseline-file.ts';
import { FileGraph } from './file-graph.ts';
import { orderSerializer } from './lock-order.ts';
import { LockReportFailure } from './lock-report-failure.ts';
import { matchers } from './matchers.ts';
import { settings } from './options.ts';
import { programFrames } from './program-frames.ts';
import { reportText } from './report-text.ts';
import type { TestRecord } from './test-record.ts';
import { type TestRun, testWatch } from './test-watch.ts';
import { addTimeoutDump } from './timeout-dump.ts';

const root = process.cwd();
const { mode, baseline, updating } = settings(inject('lockdep'), process.env);
const watch = testWatch();
const validator = lockdep();
const graph = new FileGraph(validator, root);

expect.extend(matchers);
expect.addSnapshotSerializer(orderSerializer);

/** Fails or warns about what the baseline does not know; gives what is left for the record. */
function answerFor(reports: readonly Report[]): void {
  const fresh = updating ? [] : freshFindings(reports, root, baseline);
  if (fresh.length === 0) return;
  if (mode === 'warn') {
    for (const report of fresh) console.warn(reportText(report, root));
    return;
  }
  const failures = fresh.map((report) => new LockReportFailure(report, root));
  throw failures.length === 1 ? failures[0]! : new AggregateError(failures, failures.map(String).join('\n\n'));
}

function record(run: string, reports: readonly Report[], claimed: ReadonlySet<string>): TestRecord | null {
  const added = graph.take(run);
  if (added === null && reports.length === 0 && claimed.size === 0) return null;
  return {
    ...(added === null ? {} : { graph: added }),
    ...(reports.length === 0 ? {} : { reports: reports.map((report) => programFrames(report, root)) }),
    ...(claimed.size === 0 ? {} : { expected: [...claimed].sort() }),
  };
}

if (mode !== 'off') {
  watch.add(validator);
  aroundEach(async (runTest, { task, signal }) => {
    const run: TestRun = { name: task.name, reports: new Set(), claimed: new Set() };
    addTimeoutDump(signal, () => [validator], root);
    await watch.run(run, runTest);
    const reports = watch.findings(run, validator);
    const sent = record(task.fullName, reports, run.claimed);
    if (sent !== null) task.meta.lockdep = { ...task.meta.lockdep, ...sent };
    answerFor(reports);
  });
  // The file's own hooks and what ran between the tests.
  // biome-ignore lint/correctness/noEmptyPattern: vitest insists on a pattern here
  afterAll(({}, { file }) => {
    const reports = watch.strays();
    const sent = record(file.name, reports, new Set());
    if (sent !== null) file.meta.lockdep = sent;
    answerFor(reports);
  });
}
