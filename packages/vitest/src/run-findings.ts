/**
 * What a whole run shows that no test file can see alone: the merged order of all tests, and the inversions that no file has
 * reported. Independent of the sequence in which files ended.
 */
import type { Report } from '@lockdep/core';
import { findInversions, type Inversion, mergeGraphs, mergeReports, type SavedGraph } from '@lockdep/graph';
import type { Schedule, TaskLocks } from '@lockdep/report';
import type { TestRecord } from './test-record.ts';

/** What a test, or a file outside its tests, has sent. */
export interface NamedRecord {
  /** File and test. */
  readonly name: string;
  readonly record: TestRecord;
}

export interface RunFindings {
  readonly graph: SavedGraph;
  /** Reports of the tests, each once, sorted by fingerprint. */
  readonly reports: readonly Report[];
  /** Inversions across tests that no test had to answer for or expected. */
  readonly inversions: readonly Inversion[];
  /** Per fingerprint: the tests that had to answer for the report, or that show the inversion. */
  readonly seenIn: ReadonlyMap<string, readonly string[]>;
  /** Schedules of explored programs, titled by their tests. */
  readonly schedules: readonly Schedule[];
  /** What was held when tests ran out of time; tasks named with their tests. */
  readonly heldLocks: readonly TaskLocks[];
}

export function runFindings(named: readonly NamedRecord[]): RunFindings {
  const records = named.map(({ record }) => record);
  const reports = mergeReports(records.flatMap((record) => record.reports ?? []));
  const known = new Set(reports.map(({ fingerprint }) => fingerprint));
  const graph = merged(records);
  const circles = findInversions(graph);
  const unexpected = merged(records.map((record) => withoutExpected(record, circles)));
  const inversions = findInversions(unexpected).filter(
    ({ fingerprint, acrossRuns }) => acrossRuns && !known.has(fingerprint),
  );
  return {
    graph,
    reports: reports.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
    inversions,
    seenIn: new Map([...seenIn(named), ...inversions.map(({ fingerprint, runs }) => [fingerprint, runs] as const)]),
    schedules: named.flatMap(({ name, record }) =>
      (record.schedules ?? []).map((schedule) => ({ ...schedule, title: `${name}: ${schedule.title}` })),
    ),
    heldLocks: named.flatMap(({ name, record }) =>
      (record.heldLocks ?? []).map((held) => ({ ...held, task: `${held.task}, when time was up in ${name}` })),
    ),
  };
}

function seenIn(named: readonly NamedRecord[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, record } of named) {
    for (const { fingerprint } of record.reports ?? [])
      names.set(fingerprint, [...(names.get(fingerprint) ?? []), name]);
  }
  return names;
}

function merged(records: readonly TestRecord[]): SavedGraph {
  return mergeGraphs(records.flatMap(({ graph }) => (graph === undefined ? [] : [graph])));
}

/** A test that provokes an inversion on purpose shows its orders to nobody else. */
function withoutExpected(record: TestRecord, circles: readonly Inversion[]): TestRecord {
  const { graph, expected = [] } = record;
  if (graph === undefined || expected.length === 0) return record;
  const provoked = new Set(
    circles
      .filter(({ fingerprint }) => expected.includes(fingerprint))
      .flatMap(({ dependencies }) => dependencies.map(pair)),
  );
  return { ...record, graph: { ...graph, dependencies: graph.dependencies.filter((one) => !provoked.has(pair(one))) } };
}

const pair = ({ from, to }: { readonly from: string; readonly to: string }): string => JSON.stringify([from, to]);
