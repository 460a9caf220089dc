export { applyBaseline, type Baselined, type BaselineOutcome, UNEXPLAINED, updateBaseline } from './apply-baseline.ts';
export {
  BASELINE_FORMAT,
  BASELINE_VERSION,
  type Baseline,
  type BaselineEntry,
  baselineText,
  emptyBaseline,
  type PairSuppression,
  parseBaseline,
  type SiteSuppression,
  type Suppression,
} from './baseline.ts';
export { type CheckedEdge, checkOrder, type EdgeVerdict, type OrderCheck, withDeclared } from './check-order.ts';
export { DeclaredOrder, type Rank } from './declared-order.ts';
export { type ChangedDependency, diffGraphs, type GraphDiff } from './diff-graphs.ts';
export { findInversions, type Inversion } from './find-inversions.ts';
export { GraphFileError, type GraphFileErrorCode, type GraphFileErrorDetails } from './graph-file-error.ts';
export { type InversionWords, inversionReports, placeSite, shownBy } from './inversion-report.ts';
export { mergeGraphs } from './merge-graphs.ts';
export { mergeInversions } from './merge-inversions.ts';
export { mergeReports } from './merge-reports.ts';
export { type DeclaredEdge, type OrderDeclaration, parseOrder } from './order-declaration.ts';
export { graphText, parseGraph } from './parse-graph.ts';
export { type SaveOptions, saveGraph } from './save-graph.ts';
export {
  GRAPH_FORMAT,
  GRAPH_VERSION,
  MOST_RUNS,
  type SavedClass,
  type SavedDependency,
  type SavedGraph,
  type SavedSighting,
  STRENGTHS,
  type Strength,
} from './saved-graph.ts';
