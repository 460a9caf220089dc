/** The formats of reports, by name; what makes them is loaded elsewhere. */

/** The formats, but for text, which each command writes in its own way. */
export const VIEWS = [
  'json',
  'dot',
  'svg',
  'html',
  'sarif',
  'github',
  'github-summary',
  'markdown',
  'mermaid',
  'graphml',
] as const;

export type ViewName = (typeof VIEWS)[number];

/** What `--format` takes: `pretty` is for people. */
export const FORMATS: readonly ['pretty', ...typeof VIEWS] = ['pretty', ...VIEWS];

export type Format = (typeof FORMATS)[number];

/** The views of the order alone. */
export const GRAPH_FORMATS = ['pretty', 'json', 'dot', 'svg', 'html', 'mermaid', 'graphml'] as const;

/** Formats of traces. */
export const TRACE_FORMATS = ['auto', 'ftrace', 'event-log', 'ndjson'] as const;

export type TraceFormat = (typeof TRACE_FORMATS)[number];

/** Commands that make no views: for people, or one JSON document. */
export const PLAIN_FORMATS = ['pretty', 'json'] as const;
