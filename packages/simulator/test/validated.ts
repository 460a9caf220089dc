/**
 * Holds a validator against the explorer: every deadlock that some schedule reaches must have been reported from one execution that
 * ends well, unless that execution could not show it.
 */
import { type OrderView, Validator } from '@lockdep/core';
import { isDeadlocked, runExecution } from '../src/engine/run-execution.ts';
import type { Selector } from '../src/engine/selector.ts';
import { World } from '../src/engine/world.ts';
import { findCircle, type Wait } from '../src/failure/wait-cycle.ts';
import { ValidatorListener } from '../src/library/validator-listener.ts';
import { compileProgram } from '../src/notation/compile.ts';
import type { NotationProgram } from '../src/notation/program-file.ts';
import { TreeSearch } from '../src/search/tree-search.ts';

export type Explanation = 'reported' | 'no execution ends well' | 'that execution never nests them so';

export interface Deadlock {
  readonly circle: readonly Wait[];
  /** null: the validator should have reported it, and has not. */
  readonly explanation: Explanation | null;
}

/** null when the program has more executions than `cap`. */
export function deadlocksOf(program: NotationProgram, cap: number): readonly Deadlock[] | null {
  const world = new World(compileProgram(program).setup);
  const search = new TreeSearch(world, 'source-dpor');
  const circles = new Map<string, readonly Wait[]>();
  let good: Int32Array | null = null;
  let executions = 0;
  for (let prefix = search.plan(); prefix >= 0; prefix = search.plan()) {
    if (executions++ > cap) return null;
    if (runExecution(world, search, prefix, 1_000) !== 'complete') continue;
    if (!isDeadlocked(world)) good ??= world.pathTask.slice(0, world.count);
    else {
      const circle = findCircle(world)!;
      circles.set(JSON.stringify(circle), circle);
    }
  }
  if (circles.size === 0) return [];
  const validator = good === null ? null : validate(program, good);
  return [...circles.values()].map((circle) => ({ circle, explanation: explain(circle, validator) }));
}

/** What a validator learns from this one execution. */
function validate(program: NotationProgram, path: Int32Array): Validator {
  const validator = new Validator({ sites: false });
  const world = new World(compileProgram(program).setup);
  world.listener = new ValidatorListener(validator);
  const follow: Selector = {
    plan: () => 0,
    begin: () => {},
    pick: () => path[world.count]!,
    choose: () => 0,
    end: () => {},
  };
  runExecution(world, follow, 0, 1_000);
  return validator;
}

function explain(circle: readonly Wait[], validator: Validator | null): Explanation | null {
  if (validator === null) return 'no execution ends well';
  const wanted = new Set(circle.map(({ object }) => object));
  for (const report of validator.reports) {
    if (report.kind === 'recursive' && wanted.has(report.want.class.name)) return 'reported';
    // A known order may lead from one of them to the next through further locks.
    if (report.kind === 'circular') {
      const circular = new Set(report.cycle.map(({ from }) => from.name));
      if (wanted.isSubsetOf(circular)) return 'reported';
    }
  }
  // Member i + 1 holds (or stands in the queue of) what member i wants, and wants the next.
  const graph = validator.graph();
  const isNested = circle.every(({ object: inner }, i) => {
    const { object: outer } = circle.at(i - 1)!;
    return outer === inner ? circle.length > 1 : leads(graph, outer, inner);
  });
  return isNested ? null : 'that execution never nests them so';
}

function leads(graph: OrderView, from: string, to: string): boolean {
  const seen = new Set<string>();
  const rest = [from];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (node === to) return true;
    if (seen.has(node) || !graph.hasNode(node)) continue;
    seen.add(node);
    rest.push(...graph.outNeighbors(node));
  }
  return false;
}
