export { type ChangedDependency, diffGraphs, type GraphDiff } from './diff-graphs.ts';
export { findInversions, type Inversion } from './find-inversions.ts';
export { GraphFileError, type GraphFileErrorCode, type GraphFileErrorDetails } from './graph-file-error.ts';
export { mergeGraphs } from './merge-graphs.ts';
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
