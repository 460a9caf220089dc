/** Reads and writes the files of saved graphs. */
import { type LockKindName, lockKinds, type WaitType } from '@lockdep/core';
import { className } from './class-name.ts';
import { GraphCollector } from './graph-collector.ts';
import { JsonReader, own, parseJson } from './json-reader.ts';
import {
  GRAPH_FORMAT,
  GRAPH_VERSION,
  type SavedClass,
  type SavedGraph,
  type SavedSighting,
  STRENGTHS,
} from './saved-graph.ts';

const HINT = 'give a file that `lockdep replay --save` or `lockdep merge` has written';
const KINDS = Object.keys(lockKinds) as LockKindName[];
const MOST = Number.MAX_SAFE_INTEGER;

/** The file of a graph: one line for each class and dependency, so that line diffs read well. */
export function graphText(graph: SavedGraph): string {
  const list = (items: readonly unknown[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n ]`;
  const { format, version, runs, classes, dependencies } = graph;
  return `{"format": ${JSON.stringify(format)}, "version": ${version},
 "runs": ${list(runs)},
 "classes": ${list(classes)},
 "dependencies": ${list(dependencies)}}
`;
}

/**
 * The graph in a file's text, sorted as every saved graph is; `file` is for error messages.
 * @throws GraphFileError for text that is no graph, a graph of a later version, or one with anything wrong in it.
 */
export function parseGraph(text: string, file: string): SavedGraph {
  const reader = new JsonReader(file, HINT);
  const data = reader.envelope(parseJson(text, file, HINT), GRAPH_FORMAT, GRAPH_VERSION);
  const collector = new GraphCollector();
  const runs = new Set(reader.strings('', data, 'runs'));
  for (const run of runs) collector.addRun(run);
  const names = new Set<string>();
  for (const [index, item] of reader.array('', data, 'classes').entries()) {
    const saved = readClass(reader, `classes[${index}]`, item);
    if (names.has(saved.name)) reader.fail(`classes[${index}].name`, `${JSON.stringify(saved.name)} is there twice`);
    names.add(saved.name);
    collector.addClass(saved);
  }
  const pairs = new Set<string>();
  for (const [index, item] of reader.array('', data, 'dependencies').entries()) {
    const at = `dependencies[${index}]`;
    const fields = reader.object(at, item);
    const [from, to] = (['from', 'to'] as const).map((end) => {
      const name = reader.string(at, fields, end);
      return names.has(name) ? name : reader.fail(`${at}.${end}`, `${JSON.stringify(name)} is no class of the file`);
    }) as [string, string];
    const pair = JSON.stringify([from, to]);
    if (pairs.has(pair)) reader.fail(at, `the dependency of ${from} and ${to} is there twice`);
    pairs.add(pair);
    const sightings = readSightings(reader, at, fields, runs);
    collector.addDependency(from, to, reader.integer(at, fields, 'distance', 1, MOST), sightings);
  }
  return collector.graph();
}

function readClass(reader: JsonReader, at: string, item: unknown): SavedClass {
  const fields = reader.object(at, item);
  const saved: SavedClass = {
    name: reader.string(at, fields, 'name'),
    base: reader.string(at, fields, 'base'),
    version: reader.integer(at, fields, 'version', 1, MOST),
    subclass: reader.integer(at, fields, 'subclass', 0, 7),
    kind: reader.oneOf(at, fields, 'kind', KINDS),
    type: reader.oneOf(at, fields, 'type', ['normal', 'percpu', 'wait-override']),
    waitInner: reader.integer(at, fields, 'waitInner', 0, 5) as WaitType,
    waitOuter: reader.integer(at, fields, 'waitOuter', 0, 5) as WaitType,
    usage: reader.strings(at, fields, 'usage'),
  };
  const name = className(saved);
  if (saved.name !== name) {
    reader.fail(
      `${at}.name`,
      `is ${JSON.stringify(saved.name)}, and by base, version and subclass it is ${JSON.stringify(name)}`,
    );
  }
  return saved;
}

function readSightings(
  reader: JsonReader,
  at: string,
  fields: Readonly<Record<string, unknown>>,
  runs: ReadonlySet<string>,
): SavedSighting[] {
  const strengths = new Set(reader.strings(at, fields, 'strengths'));
  const sightings = reader.array(at, fields, 'sightings').map((item, index): SavedSighting => {
    const place = `${at}.sightings[${index}]`;
    const seen = reader.object(place, item);
    const run = reader.string(place, seen, 'run');
    if (!runs.has(run)) reader.fail(`${place}.run`, `${JSON.stringify(run)} is no run of the file`);
    const declared = own(seen, 'declared');
    if (declared !== undefined && declared !== true) reader.fail(`${place}.declared`, 'is there and is not true');
    return {
      run,
      strength: reader.oneOf(place, seen, 'strength', STRENGTHS),
      task: reader.string(place, seen, 'task'),
      outer: reader.string(place, seen, 'outer'),
      inner: reader.string(place, seen, 'inner'),
      ...(declared === true ? { declared } : {}),
    };
  });
  if (sightings.length === 0) reader.fail(`${at}.sightings`, 'is empty');
  const seen = new Set<string>(sightings.map(({ strength }) => strength));
  if (seen.size !== strengths.size || [...seen].some((strength) => !strengths.has(strength))) {
    reader.fail(`${at}.strengths`, `is ${[...strengths].join(',')}, and the sightings show ${[...seen].join(',')}`);
  }
  return sightings;
}
