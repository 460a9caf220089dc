/** What explorations found as a page: each failing schedule to step through, and what the validator that listened has learned. */
import type { Validator } from '@lockdep/core';
import { renderHtml } from '@lockdep/report';
import type { ExploreResult } from '@lockdep/simulator';
import { sourceBelow } from './render-view.ts';

export interface Explored {
  readonly id: string;
  readonly result: ExploreResult;
}

/** The page. */
export function explorationPage(title: string, explored: readonly Explored[], validator: Validator): Promise<string> {
  const root = process.cwd();
  const schedules = explored.flatMap(({ id, result }) =>
    result.failures.map((failure, index) => {
      const title = result.failures.length === 1 ? failure.kind : `${failure.kind} ${index + 1}`;
      return { ...failure, title: explored.length === 1 ? title : `${id}: ${title}` };
    }),
  );
  const { reports } = validator;
  return renderHtml({ title, graph: validator.graph(), reports, schedules, root, readSource: sourceBelow(root) });
}
