/** The tree of executions cut into branches at random, explored in any order, some of them several times: every trace is counted once. */
import { describe, expect, test } from 'vitest';
import { driveSync } from '../src/engine/drive.ts';
import { Random } from '../src/engine/random.ts';
import type { World } from '../src/engine/world.ts';
import { explore } from '../src/explore/explore.ts';
import { settings } from '../src/explore/explore-options.ts';
import { Stage } from '../src/explore/stage.ts';
import type { ProgramFunction } from '../src/face/program.ts';
import { compileProgram } from '../src/notation/compile.ts';
import { BranchTree, branchOf } from '../src/parallel/branch-tree.ts';
import { type Counts, noCounts, stint } from '../src/parallel/stint.ts';
import { TreeSearch, type TreeSearchKind } from '../src/search/tree-search.ts';
import type { Subject } from './fuzz.ts';
import { programs } from './programs.ts';
import { randomProgram } from './random-program.ts';
import { randomSimulation } from './random-simulation.ts';

interface Cut {
  readonly kind: TreeSearchKind;
  /** Executions between two cuts, on average. */
  readonly every: number;
  readonly seed: number;
}

function worldOf(program: Subject): World {
  const code = typeof program === 'function' ? program : compileProgram(program);
  return new Stage(code, settings({ validator: null, leaks: false })).world;
}

/** Two searches take turns; now and then one loses what it has done, and what is known is written down and read again. */
function inPieces(program: Subject, { kind, every, seed }: Cut): Counts {
  const random = new Random(seed);
  const searches = [0, 1].map(() => {
    const world = worldOf(program);
    return { world, search: new TreeSearch(world, kind) };
  });
  const sum = noCounts();
  let tree = new BranchTree();
  while (tree.size > 0) {
    const { world, search } = searches[random.below(2)]!;
    const taken = tree.take(1 + random.below(3));
    const options = { maxSteps: 10_000, stopOnFailure: false, isCalledBack: () => random.below(every) === 0 };
    const { explored, counts } = driveSync(stint(world, search, taken.map(branchOf), options));
    if (random.below(4) === 0) {
      tree.giveBack(taken);
      continue;
    }
    tree.giveBack(taken.slice(explored.length));
    for (const [i, { remainder, missing }] of explored.entries()) tree.leave(taken[i]!, remainder, missing);
    for (const name of Object.keys(counts) as (keyof Counts)[]) sum[name] += counts[name];
    if (random.below(8) === 0) tree = BranchTree.load(JSON.parse(JSON.stringify(tree.save([]))));
  }
  return sum;
}

describe('in pieces, every trace is completed once', () => {
  for (const program of programs) {
    const { traces, deadlockTraces, failingTraces } = program.oracle;
    if (traces > 3_000) continue;
    test(program.id, () => {
      for (const [seed, every] of [1, 2, 7].entries()) {
        const { executions, deadlocks, failing } = inPieces(program, { kind: 'source-dpor', every, seed });
        expect([executions, deadlocks, failing], `cut every ${every}, seed ${seed}`).toEqual([
          traces,
          deadlockTraces,
          failingTraces,
        ]);
      }
    });
  }

  test('sleep sets over all interleavings, cut after each', () => {
    for (const program of programs) {
      if (!(Number(program.oracle.totalInterleavings) <= 200)) continue;
      const { executions } = inPieces(program, { kind: 'sleep-sets', every: 1, seed: 1 });
      expect(executions, program.id).toBe(program.oracle.traces);
    }
  });

  test('tasks that tasks start, in whatever order each search meets them', () => {
    const program: ProgramFunction = (sim) => {
      const x = sim.variable('x', 0);
      for (const name of ['one', 'two', 'three']) {
        sim.task(name, function* () {
          // Whether there is a child at all depends on who was here first.
          if ((yield* x.update((n) => n + 1)) !== 2) {
            yield* sim.spawn(`child of ${name}`, function* () {
              yield* x.update((n) => n + 1);
            });
          }
        });
      }
    };
    const { executions } = explore(program, { strategy: 'source-dpor', leaks: false, validator: null });
    expect(executions).toBeGreaterThan(50);
    for (let seed = 1; seed <= 20; seed++) {
      const counts = inPieces(program, { kind: 'source-dpor', every: 3, seed });
      expect(counts.executions, `seed ${seed}`).toBe(executions);
    }
  });

  test.each<[what: string, make: (seed: number) => Subject]>([
    ['programs', randomProgram],
    ['programs against the library, with kills', randomSimulation],
  ])('random %s: as many as in one piece', (_, make) => {
    let compared = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const program = make(seed);
      const world = worldOf(program);
      const search = new TreeSearch(world, 'source-dpor');
      let begun = 0;
      const options = { maxSteps: 10_000, stopOnFailure: false, isCalledBack: () => ++begun > 300 };
      const whole = driveSync(stint(world, search, [branchOf(new BranchTree().take(1)[0]!)], options)).counts;
      if (begun > 300) continue;
      compared++;
      const { executions, deadlocks, failing } = inPieces(program, { kind: 'source-dpor', every: 2, seed });
      expect([executions, deadlocks, failing], `seed ${seed}`).toEqual([
        whole.executions,
        whole.deadlocks,
        whole.failing,
      ]);
    }
    expect(compared).toBeGreaterThan(50);
  });
});
