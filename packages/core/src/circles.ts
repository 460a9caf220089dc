/**
 * The circles reported, by the edges they are made of: when an edge is seen in new circumstances, or a guard turns out to be one of
 * several locks, their verdicts are judged again. A verdict only rises.
 */
import type { Engine } from './engine.ts';
import type { CircularReport, Level, VerdictKind } from './report.ts';
import { judge } from './verdict.ts';

/** Least sure first. */
const ORDER: readonly VerdictKind[] = [
  'readers-only',
  'scoped',
  'ordered',
  'gated',
  'too-few-tasks',
  'single-task',
  'possible',
  'predicted',
  'confirmed',
];

/** How loud a verdict is. One task that shows both orders is worth a warning: any task may run its code. */
export function levelOf(verdict: VerdictKind): Level {
  const sureness = ORDER.indexOf(verdict);
  if (sureness >= ORDER.indexOf('predicted')) return 'error';
  return sureness >= ORDER.indexOf('single-task') ? 'warning' : 'note';
}

export class Circles {
  readonly #edges = new Map<CircularReport, readonly number[]>();
  readonly #byEdge = new Map<number, Set<CircularReport>>();

  add(report: CircularReport, edges: readonly number[]): void {
    if (this.#edges.has(report)) return;
    this.#edges.set(report, edges);
    for (const edge of edges) {
      const known = this.#byEdge.get(edge);
      if (known === undefined) this.#byEdge.set(edge, new Set([report]));
      else known.add(report);
    }
  }

  /** An edge was seen in new circumstances. */
  judgeAgain(engine: Engine, edge: number): void {
    for (const report of this.#byEdge.get(edge) ?? []) this.#raise(engine, report);
  }

  /** A class has got a second lock: where it was a guard it no longer is. */
  judgeAll(engine: Engine): void {
    for (const report of this.#edges.keys()) this.#raise(engine, report);
  }

  /** The edges are gone, with their classes: those verdicts stay as they are. */
  forget(edges: Iterable<number>): void {
    for (const edge of edges) {
      for (const report of this.#byEdge.get(edge) ?? []) this.#edges.delete(report);
      this.#byEdge.delete(edge);
    }
  }

  #raise(engine: Engine, report: CircularReport): void {
    const edges = this.#edges.get(report);
    if (edges === undefined) return;
    const verdict = judge(engine, edges);
    if (ORDER.indexOf(verdict.kind) > ORDER.indexOf(report.verdict.kind)) engine.raise(report, verdict);
  }
}
