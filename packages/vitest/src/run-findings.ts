/**
 * What a whole run shows that no test file can see alone: the merged order of all tests, and the inversions that no file has
 * reported. Independent of the sequence in which files ended.
 */
import type { Report } from '@lockdep/core';
import { findInversions, type Inversion, mergeGraphs, type SavedGraph } from '@lockdep/graph';
import type { TestRecord } from './test-record.ts';

export interface RunFindings {
  readonly graph: SavedGraph;
  /** Reports of the tests, each once, sorted by fingerprint. */
  readonly reports: readonly Report[];
  /** Inversions across tests that no test had to answer for or expected. */
  readonly inversions: readonly Inversion[];
}

export function runFindings(records: readonly TestRecord[]): RunFindings {
  const reports = new Map(records.flatMap((record) => record.reports ?? []).map((one) => [one.fingerprint, one]));
  const graph = merged(records);
  const circles = findInversions(graph);
  const unexpected = merged(records.map((record) => withoutExpected(record, circles)));
  return {
    graph,
    reports: [...reports.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
    inversions: findInversions(unexpected).filter(
      ({ fingerprint, acrossRuns }) => acrossRuns && !reports.has(fingerprint),
    ),
  };
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
