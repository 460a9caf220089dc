/** Reads and writes the files of saved graphs. */
import { type LockKindName, lockKinds, type WaitType } from '@lockdep/core';
import { className } from './class-name.ts';
import { GraphCollector } from './graph-collector.ts';
import { JsonReader, own, parseJson } from './json-reader.ts';
import {
  GRAPH_FORMAT,
  GRAPH_VERSION,
  type SavedClass,
  type SavedDependency,
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
  const items = reader.array('', data, 'dependencies');
  for (const [index, item] of items.entries()) {
    const { from, to, distance, sightings } = isDependency(item, names, runs)
      ? item
      : refuse(reader, index, item, names, runs);
    collector.addDependency(from, to, distance, sightings.map(plain));
  }
  const graph = collector.graph();
  if (graph.dependencies.length !== items.length) refuseRepeated(reader, items as readonly SavedDependency[]);
  return graph;
}

/** The whole check of a dependency, quick because nothing is said of what is wrong. */
function isDependency(value: unknown, names: ReadonlySet<string>, runs: ReadonlySet<string>): value is SavedDependency {
  const { from, to, distance, strengths, sightings } = (value ?? {}) as Partial<Record<keyof SavedDependency, unknown>>;
  if (typeof from !== 'string' || typeof to !== 'string' || !names.has(from) || !names.has(to)) return false;
  if (!Number.isSafeInteger(distance) || (distance as number) < 1) return false;
  if (!Array.isArray(strengths) || !Array.isArray(sightings) || sightings.length === 0) return false;
  if (!sightings.every((sighting) => isSighting(sighting, runs))) return false;
  return (
    strengths.every((strength) => sightings.some((sighting) => sighting.strength === strength)) &&
    sightings.every((sighting) => strengths.includes(sighting.strength))
  );
}

function isSighting(value: unknown, runs: ReadonlySet<string>): value is SavedSighting {
  const { run, strength, task, outer, inner, declared } = (value ?? {}) as Partial<
    Record<keyof SavedSighting, unknown>
  >;
  return (
    typeof run === 'string' &&
    runs.has(run) &&
    (STRENGTHS as readonly unknown[]).includes(strength) &&
    typeof task === 'string' &&
    typeof outer === 'string' &&
    typeof inner === 'string' &&
    (declared === undefined || declared === true)
  );
}

/** Only the fields we know. */
function plain({ run, strength, task, outer, inner, declared }: SavedSighting): SavedSighting {
  return declared === true ? { run, strength, task, outer, inner, declared } : { run, strength, task, outer, inner };
}

function refuseRepeated(reader: JsonReader, dependencies: readonly SavedDependency[]): never {
  const pairs = new Set<string>();
  for (const [index, { from, to }] of dependencies.entries()) {
    const pair = JSON.stringify([from, to]);
    if (pairs.has(pair)) reader.fail(`dependencies[${index}]`, `the dependency ${from} → ${to} is there twice`);
    pairs.add(pair);
  }
  return reader.fail('dependencies', 'are not what they seem');
}

function readClass(reader: JsonReader, at: string, item: unknown): SavedClass {
  const fields = reader.object(at, item);
  const saved: SavedClass = {
    name: reader.string(at, fields, 'name'),
    base: reader.string(at, fields, 'base'),
    version: reader.integer(at, fields, 'version', 1, MOST),
    subclass: reader.integer(at, fields, 'subclass', 0, 7),
    kind: reader.oneOf(at, fields, 'kind', KINDS),
    type: reader.oneOf(at, fields, 'type', ['normal', 'percpu', 'wait-override', 'event']),
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

/** Says what is wrong with a dependency that is not one. */
function refuse(
  reader: JsonReader,
  index: number,
  item: unknown,
  names: ReadonlySet<string>,
  runs: ReadonlySet<string>,
): never {
  const at = `dependencies[${index}]`;
  const fields = reader.object(at, item);
  for (const end of ['from', 'to']) {
    const name = reader.string(at, fields, end);
    if (!names.has(name)) reader.fail(`${at}.${end}`, `${JSON.stringify(name)} is no class of the file`);
  }
  reader.integer(at, fields, 'distance', 1, MOST);
  const strengths = reader.strings(at, fields, 'strengths');
  const shown = reader.array(at, fields, 'sightings').map((sighting, place) => {
    return refuseSighting(reader, `${at}.sightings[${place}]`, sighting, runs);
  });
  if (shown.length === 0) reader.fail(`${at}.sightings`, 'is empty');
  return reader.fail(`${at}.strengths`, `is ${strengths.join(',')}, and the sightings show ${shown.join(',')}`);
}

/** Says what is wrong with a sighting; if nothing is, its strength. */
function refuseSighting(reader: JsonReader, at: string, item: unknown, runs: ReadonlySet<string>): string {
  const fields = reader.object(at, item);
  const run = reader.string(at, fields, 'run');
  if (!runs.has(run)) reader.fail(`${at}.run`, `${JSON.stringify(run)} is no run of the file`);
  for (const name of ['task', 'outer', 'inner']) reader.string(at, fields, name);
  const declared = own(fields, 'declared');
  if (declared !== undefined && declared !== true) reader.fail(`${at}.declared`, 'is there and is not true');
  return reader.oneOf(at, fields, 'strength', STRENGTHS);
}
