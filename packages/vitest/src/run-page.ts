/** The run as one self-contained page: inversions across tests, reports, schedules, the merged order with the tests that showed it. */
import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Report } from '@lockdep/core';
import { placeSite, type SavedGraph } from '@lockdep/graph';
import { orderGraph, renderHtml } from '@lockdep/report';
import type { RunFindings } from './run-findings.ts';

/** `reports` are those of the tests and those that only the run shows. */
export function runPage(
  { graph, seenIn, schedules, heldLocks }: RunFindings,
  reports: readonly Report[],
  root: string,
): Promise<string> {
  return renderHtml({
    title: 'Lock order of the test run',
    graph: graphOf(graph),
    reports,
    seenIn,
    schedules,
    ...(heldLocks.length === 0 ? {} : { heldLocks }),
    root,
    readSource: sourceBelow(root),
  });
}

function graphOf({ classes, dependencies }: SavedGraph): ReturnType<typeof orderGraph> {
  return orderGraph(
    classes.map(({ name, kind }) => ({ name, kind })),
    dependencies.map(({ from, to, strengths, distance, sightings }) => ({
      from,
      to,
      modes: strengths,
      distance,
      task: sightings[0]!.task,
      outerSite: placeSite(sightings[0]!.outer),
      innerSite: placeSite(sightings[0]!.inner),
      origins: [...new Set(sightings.map(({ run }) => run))],
    })),
  );
}

/** Sources of the project, and of nothing else. */
function sourceBelow(root: string): (file: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    const path = relative(root, resolve(root, file));
    if (path.startsWith('..') || isAbsolute(path)) return undefined;
    try {
      return readFileSync(resolve(root, file), 'utf8');
    } catch {
      return undefined;
    }
  };
  return (file) => {
    if (!known.has(file)) known.set(file, read(file));
    return known.get(file);
  };
}
