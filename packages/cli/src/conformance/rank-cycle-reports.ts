/** The edges of cycle reports beside a declared order: what people had written down of the orders that were reported. */
import { DeclaredOrder, type OrderDeclaration, type Rank } from '@lockdep/graph';
import type { CycleReport } from './cycle-report.ts';

export interface RankedEdge {
  /** Place of the report in its file, and of the edge in the report. */
  readonly report: number;
  readonly edge: number;
  readonly outer: string;
  readonly inner: string;
  readonly rank: Rank;
  /** False when the declaration does not speak of one of the classes at all; then it is unordered. */
  readonly declared: boolean;
}

export function rankCycleReports(reports: readonly CycleReport[], declaration: OrderDeclaration): RankedEdge[] {
  const order = new DeclaredOrder(declaration);
  return reports.flatMap(({ edges }, report) =>
    edges.map(({ outer, inner }, edge) => ({
      report,
      edge,
      outer,
      inner,
      rank: order.rank(outer, inner),
      declared: order.names.of(outer) !== null && order.names.of(inner) !== null,
    })),
  );
}
