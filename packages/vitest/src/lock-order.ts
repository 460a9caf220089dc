/** The learned order as a snapshot: one dependency a line, sorted, so that a diff lists new and vanished dependencies. */
import type { Validator } from '@lockdep/core';
import { type SavedGraph, saveGraph } from '@lockdep/graph';

/** What snapshots draw as lines. */
export class LockOrder {
  readonly dependencies: readonly string[];

  constructor(source: Validator | SavedGraph) {
    const graph = 'format' in source ? source : saveGraph(source, { run: 'snapshot' });
    this.dependencies = graph.dependencies.map(({ from, to, strengths }) => {
      return `${from} -> ${to}${strengths.includes('EN') ? '' : ` (${strengths.join(', ')})`}`;
    });
  }

  toString(): string {
    return this.dependencies.length === 0 ? 'no dependencies' : this.dependencies.join('\n');
  }
}

/** The order learned so far, for `expect(lockOrder(lockdep())).toMatchSnapshot()`. */
export function lockOrder(source: Validator | SavedGraph): LockOrder {
  return new LockOrder(source);
}

/** For `expect.addSnapshotSerializer`. */
export const orderSerializer: { test: (value: unknown) => boolean; serialize: (value: unknown) => string } = {
  test: (value) => value instanceof LockOrder,
  serialize: String,
};
