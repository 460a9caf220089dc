/** What explorations found as a page: each failing schedule to step through, and what the validators that listened have learned. */
import { Validator } from '@lockdep/core';
import { mergeGraphs, mergeReports, saveGraph } from '@lockdep/graph';
import { renderHtml } from '@lockdep/report';
import type { ExploreResult } from '@lockdep/simulator';
import type { DirectedGraph } from 'graphology';
import { sourceBelow } from './render-view.ts';
import { savedGraphView } from './saved-graph-view.ts';

export interface Explored {
  readonly id: string;
  readonly result: ExploreResult;
  /** It has listened to this program alone: what is reported of one says nothing of another. */
  readonly validator?: Validator;
}

/** The page. */
export function explorationPage(title: string, explored: readonly Explored[]): Promise<string> {
  const root = process.cwd();
  const schedules = explored.flatMap(({ id, result }) =>
    result.failures.map((failure, index) => {
      const title = result.failures.length === 1 ? failure.kind : `${failure.kind} ${index + 1}`;
      return { ...failure, title: explored.length === 1 ? title : `${id}: ${title}` };
    }),
  );
  const reports = mergeReports(explored.flatMap(({ result }) => result.reports));
  return renderHtml({ title, graph: graphOf(explored, root), reports, schedules, root, readSource: sourceBelow(root) });
}

/** Programs meet by the names of their classes, as runs do. */
function graphOf(explored: readonly Explored[], root: string): DirectedGraph {
  const [only = new Validator(), ...others] = explored.flatMap(({ validator }) => validator ?? []);
  if (others.length === 0) return only.graph();
  return savedGraphView(
    mergeGraphs(
      explored.flatMap(({ id, validator }) => (validator === undefined ? [] : saveGraph(validator, { run: id, root }))),
    ),
  );
}
