/** Two clean runs that are inverted together, and what a single validator says of the same programs. */
import { how, LockKey, type Mode, Validator } from '@lockdep/core';
import { diffGraphs, findInversions, mergeGraphs, mergeInversions, type SavedGraph, saveGraph } from '@lockdep/graph';
import { describe, expect, test } from 'vitest';
import { randomRun } from './random-graph.ts';

type Step = string | readonly [string, Mode];

/** A graph of chains, each taken by a task of its own. */
function graphOf(run: string, ...chains: readonly Step[][]): SavedGraph {
  return saveGraph(runOf(...chains), { run, root: '/app' });
}

function runOf(...chains: readonly Step[][]): Validator {
  const validator = new Validator({ sites: false });
  const keys = new Map<string, LockKey>();
  for (const [at, chain] of chains.entries()) {
    const task = validator.task(`task ${at}`);
    const locks = chain.map((step) => {
      const name = typeof step === 'string' ? step : step[0];
      if (!keys.has(name)) keys.set(name, new LockKey({ name, kind: 'rwlock' }));
      const lock = validator.lock(keys.get(name)!);
      const site = { frames: [{ text: 'f', file: `/app/src/${name}.ts`, line: at + 1 }] };
      validator.acquire(task, lock, how({ mode: typeof step === 'string' ? 'write' : step[1] }), null, site);
      return lock;
    });
    for (const lock of locks.reverse()) validator.release(task, lock);
  }
  return validator;
}

test('two clean runs are inverted together; the inversion names both, with the places', () => {
  const [first, second] = [graphOf('first', ['A', 'B']), graphOf('second', ['B', 'A'])];
  expect(findInversions(first)).toEqual([]);
  expect(findInversions(second)).toEqual([]);
  const [inversion, ...more] = findInversions(mergeGraphs([second, first]));
  expect(more).toEqual([]);
  expect(inversion).toMatchObject({ classes: ['A', 'B'], runs: ['first', 'second'], acrossRuns: true, declared: 0 });
  expect(inversion?.dependencies.map(({ sightings }) => sightings)).toEqual([
    [{ run: 'first', strength: 'EN', task: 'task 0', outer: 'src/A.ts:1', inner: 'src/B.ts:1' }],
    [{ run: 'second', strength: 'EN', task: 'task 0', outer: 'src/B.ts:1', inner: 'src/A.ts:1' }],
  ]);
});

test('three runs, a third of the circle each', () => {
  const merged = mergeGraphs([graphOf('x', ['A', 'B']), graphOf('y', ['B', 'C']), graphOf('z', ['C', 'A'])]);
  expect(findInversions(merged)).toMatchObject([{ classes: ['A', 'B', 'C'], runs: ['x', 'y', 'z'], acrossRuns: true }]);
});

test('the fingerprint is that of the report which one process would have made', () => {
  const validator = runOf(['A', 'B'], ['B', 'C'], ['C', 'A']);
  const merged = mergeGraphs([graphOf('x', ['B', 'C'], ['A', 'B']), graphOf('y', ['C', 'A'])]);
  expect(findInversions(merged).map(({ fingerprint }) => fingerprint)).toEqual(
    validator.reports.map(({ fingerprint }) => fingerprint),
  );
});

test('an inversion that one run shows hides none across runs, though both share a dependency', () => {
  const graphs = [graphOf('x', ['A', 'B'], ['B', 'C'], ['C', 'A']), graphOf('y', ['A', 'D']), graphOf('z', ['D', 'C'])];
  expect(graphs.map((graph) => findInversions(graph).length)).toEqual([1, 0, 0]);
  expect(mergeInversions(graphs)).toMatchObject([
    { classes: ['A', 'D', 'C'], runs: ['x', 'y', 'z'], acrossRuns: true },
  ]);
  expect(mergeInversions(graphs.slice(0, 2))).toEqual([]);
  expect(mergeInversions([mergeGraphs(graphs), ...graphs])).toEqual([]);
});

test('a circle that blocks only in the strengths of two graphs together is one of the merge', () => {
  const weak: Step[] = [
    ['A', 'recursive-read'],
    ['B', 'recursive-read'],
  ];
  const first = graphOf('x', weak, [
    ['B', 'recursive-read'],
    ['A', 'recursive-read'],
  ]);
  const second = graphOf('y', ['B', 'A']);
  expect(findInversions(first)).toEqual([]);
  expect(mergeInversions([first, second])).toMatchObject([{ classes: ['A', 'B'], runs: ['x', 'y'] }]);
});

test('circles that cannot block are none: recursive readers under recursive readers', () => {
  const reader = (name: string): Step => [name, 'recursive-read'];
  const clean = mergeGraphs([graphOf('x', [reader('A'), reader('B')]), graphOf('y', [reader('B'), reader('A')])]);
  expect(clean.dependencies.map(({ strengths }) => strengths)).toEqual([['SR'], ['SR']]);
  expect(findInversions(clean)).toEqual([]);
  const oneWriter = mergeGraphs([clean, graphOf('z', ['B', reader('A')])]);
  expect(findInversions(oneWriter)).toEqual([]);
  const blocking = mergeGraphs([oneWriter, graphOf('w', ['B', 'A'])]);
  expect(findInversions(blocking)).toMatchObject([{ classes: ['A', 'B'] }]);
});

test('a run has inversions exactly when its validator reported circles', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const validator = randomRun(seed, 6, 6);
    const reported = validator.reports.some(({ kind }) => kind === 'circular');
    const found = findInversions(saveGraph(validator, { run: 'r' }));
    expect(found.length > 0, `seed ${seed}`).toBe(reported);
    expect(
      found.every(({ acrossRuns }) => !acrossRuns),
      `seed ${seed}`,
    ).toBe(true);
  }
});

describe('diff', () => {
  test('new and vanished dependencies, changed strengths, inversions', () => {
    const before = graphOf('r', ['A', 'B'], ['B', 'C']);
    const after = graphOf('r', ['A', 'B'], ['A', ['B', 'recursive-read']], ['B', 'A'], ['D']);
    const diff = diffGraphs(before, after);
    expect(diff.newClasses).toEqual(['D']);
    expect(diff.vanishedClasses).toEqual(['C']);
    expect(diff.newDependencies.map(({ from, to }) => [from, to])).toEqual([['B', 'A']]);
    expect(diff.vanishedDependencies.map(({ from, to }) => [from, to])).toEqual([['B', 'C']]);
    expect(diff.changedDependencies).toEqual([{ from: 'A', to: 'B', before: ['EN'], after: ['EN', 'ER'] }]);
    expect(diff.newInversions).toMatchObject([{ classes: ['A', 'B'] }]);
    expect(diff.vanishedInversions).toEqual([]);
  });

  test('moved lines, renamed files and other runs are no difference', () => {
    const validator = runOf(['A', 'B']);
    const moved = saveGraph(validator, { run: 'other', root: '/elsewhere' });
    expect(Object.values(diffGraphs(saveGraph(validator, { run: 'r', root: '/app' }), moved)).flat()).toEqual([]);
  });
});

test('names of classes that are keys of every object, and characters of the display name', () => {
  const graph = graphOf('r', ['__proto__', 'constructor'], ['constructor', 'a#1'], ['a#1', 'x/9']);
  expect(graph.classes.map(({ name }) => name)).toEqual(['__proto__', 'a#1', 'constructor', 'x/9']);
  const inverted = mergeGraphs([graph, graphOf('s', ['constructor', '__proto__'])]);
  expect(findInversions(inverted)).toMatchObject([{ classes: ['__proto__', 'constructor'] }]);
});
