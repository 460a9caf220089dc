/** Merging is a set union: neither sequence nor grouping nor repetition matters. */
import { findInversions, graphText, MOST_RUNS, mergeGraphs, parseGraph, type SavedGraph } from '@lockdep/graph';
import { describe, expect, test } from 'vitest';
import { randomGraph, seeded, shuffled } from './random-graph.ts';

const graphs = Array.from({ length: 100 }, (_, seed) => randomGraph(seed));
const whole = graphText(mergeGraphs(graphs));

test('100 graphs merged in 30 random sequences and groupings give one file', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = seeded(seed);
    let queue: SavedGraph[] = shuffled(graphs, random);
    while (queue.length > 1) {
      const count = 2 + random(6);
      queue = shuffled([...queue.slice(count), mergeGraphs(queue.slice(0, count))], random);
    }
    expect(graphText(mergeGraphs(queue)) === whole, `seed ${seed}`).toBe(true);
  }
});

test('merging a graph with itself, or with nothing, changes nothing', () => {
  for (const [seed, graph] of graphs.slice(0, 20).entries()) {
    expect(graphText(mergeGraphs([graph, graph])), `seed ${seed}`).toBe(graphText(graph));
    expect(graphText(mergeGraphs([graph, mergeGraphs([])])), `seed ${seed}`).toBe(graphText(graph));
  }
});

test('a merge has every class, dependency and strength of its parts, and the runs that come first', () => {
  const merged = mergeGraphs(graphs);
  const names = new Set(merged.classes.map(({ name }) => name));
  const strengths = new Map(merged.dependencies.map((one) => [`${one.from} ${one.to}`, one]));
  for (const graph of graphs) {
    for (const { name } of graph.classes) expect(names.has(name)).toBe(true);
    for (const { from, to, strengths: shown, distance } of graph.dependencies) {
      const found = strengths.get(`${from} ${to}`)!;
      expect(found.strengths).toEqual(expect.arrayContaining([...shown]));
      expect(found.distance).toBeLessThanOrEqual(distance);
    }
  }
  for (const { from, to, sightings, strengths: shown } of merged.dependencies) {
    for (const strength of shown) {
      const showing = graphs.filter((graph) =>
        graph.dependencies.some((one) => one.from === from && one.to === to && one.strengths.includes(strength)),
      );
      const runs = showing
        .flatMap((graph) => graph.runs)
        .sort()
        .slice(0, MOST_RUNS);
      expect(sightings.filter((one) => one.strength === strength).map(({ run }) => run)).toEqual(runs);
    }
  }
});

test('a saved graph read back is the same file', () => {
  for (const graph of [...graphs.slice(0, 20), mergeGraphs(graphs)]) {
    expect(parseGraph(graphText(graph), 'again.json')).toEqual(graph);
  }
});

describe('inversions', () => {
  test('do not depend on the sequence of the merge', () => {
    const one = findInversions(mergeGraphs(graphs));
    expect(one.length).toBeGreaterThan(0);
    expect(findInversions(mergeGraphs(shuffled(graphs, seeded(7))))).toEqual(one);
  });

  test('every dependency given leads to the next, and each circle has one fingerprint', () => {
    const found = findInversions(mergeGraphs(graphs));
    for (const { classes, dependencies } of found) {
      expect(dependencies.map(({ from }) => from)).toEqual(classes);
      expect(dependencies.map(({ to }) => to)).toEqual([...classes.slice(1), classes[0]]);
    }
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);
  });
});
