/** The speed of merging: 100 graphs of 2,000 classes, 8,000 dependencies each, as runs of one program have them. */
import {
  graphText,
  mergeGraphs,
  mergeInversions,
  parseGraph,
  type SavedDependency,
  type SavedGraph,
} from '@lockdep/graph';
import { expect, test } from 'vitest';
import { seeded } from './random-graph.ts';

const RUNS = 100;
const CLASSES = 2_000;
const DEPENDENCIES = 8_000;

/** Dependencies of a program with a few inversions; each run shows some. */
function program(random: (below: number) => number): [string, string][] {
  const pairs = new Map<string, [string, string]>();
  while (pairs.size < 20_000) {
    const outer = random(CLASSES);
    const inner = Math.min(CLASSES - 1, outer + 1 + random(80));
    const pair: [string, string] = [`class ${outer}`, `class ${inner}`];
    if (outer !== inner) pairs.set(pair.join(), random(10_000) < 2 ? [pair[1], pair[0]] : pair);
  }
  return [...pairs.values()];
}

function runOf(name: string, pairs: readonly [string, string][], random: (below: number) => number): SavedGraph {
  const dependencies = new Map<string, SavedDependency>();
  while (dependencies.size < DEPENDENCIES) {
    const [from, to] = pairs[random(pairs.length)]!;
    const place = `src/file${random(99)}.ts:${random(999)}`;
    const sighting = { run: name, strength: 'EN', task: `task ${random(9)}`, outer: place, inner: place } as const;
    dependencies.set(`${from} ${to}`, { from, to, strengths: ['EN'], distance: 1, sightings: [sighting] });
  }
  const classes = Array.from({ length: CLASSES }, (_, at): SavedGraph['classes'][number] => ({
    name: `class ${at}`,
    base: `class ${at}`,
    version: 1,
    subclass: 0,
    kind: 'mutex',
    type: 'normal',
    waitInner: 4,
    waitOuter: 4,
    usage: ['INITIAL USE'],
  }));
  const graph: SavedGraph = {
    format: 'lockdep-graph',
    version: 1,
    runs: [name],
    classes,
    dependencies: [...dependencies.values()],
  };
  return parseGraph(graphText(graph), name);
}

/** CPU seconds: other programs of the machine do not count. */
function measured<T>(what: string, work: () => T): { result: T; seconds: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  console.log(`${what}: ${seconds.toFixed(2)} s`);
  return { result, seconds };
}

test('100 graphs of 2,000 classes are merged in less than 5 s', () => {
  const random = seeded(1);
  const pairs = program(random);
  const { result: graphs } = measured('making and reading', () =>
    Array.from({ length: RUNS }, (_, run) => runOf(`run ${run}`, pairs, random)),
  );
  const { result: merged, seconds } = measured('merging', () => mergeGraphs(graphs));
  expect(merged.runs).toHaveLength(RUNS);
  expect(merged.dependencies).toHaveLength(pairs.length);
  expect(seconds).toBeLessThan(5);
  const { result: inversions, seconds: search } = measured('inversions', () => mergeInversions(graphs, merged));
  expect(inversions.length).toBeGreaterThan(0);
  expect(search).toBeLessThan(5);
});
