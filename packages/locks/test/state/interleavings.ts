/**
 * Counts all maximal executions of a few tasks over waiting rules, by dynamic programming over the state graph.
 *
 * The published counts (all interleavings, deadlocking ones, reachable states) of small lock programs are an oracle for the rules that owes
 * nothing to this package.
 */
import { READ, WRITE } from '@lockdep/core';
import type { LockState } from '../../src/index.ts';

export type Instruction = readonly [action: 'lock' | 'rdlock' | 'wrlock' | 'trylock' | 'unlock', object: string];
export interface Counts {
  readonly interleavings: number;
  readonly deadlocking: number;
  readonly states: number;
}

type Locks = Record<string, LockState<number>>;
type Step = (locks: Locks) => boolean;

/** One visible step per array element; a step answers false when it is not enabled. Fair locks enqueue in a step of its own. */
function steps(task: number, program: readonly Instruction[], fair: ReadonlySet<string>): Step[] {
  return program.flatMap(([action, name]): Step[] => {
    if (action === 'unlock') return [(locks) => locks[name]!.release(task) !== null];
    const mode = action === 'rdlock' ? READ : WRITE;
    if (action === 'trylock') return [(locks) => locks[name]!.tryAcquire(task, mode) || true];
    if (!fair.has(name)) return [(locks) => locks[name]!.tryAcquire(task, mode)];
    const enqueue: Step = (locks) => {
      locks[name]!.enqueue(task, mode);
      return true;
    };
    return [enqueue, (locks) => locks[name]!.grant(task)];
  });
}

/** Re-executes a schedule from the start, so that the rules need no undo. Null when its last step was not enabled. */
function run(
  make: () => Locks,
  tasks: readonly Step[][],
  schedule: readonly number[],
): { key: string; pcs: number[] } | null {
  const locks = make();
  const pcs = tasks.map(() => 0);
  for (const task of schedule) {
    if (!tasks[task]![pcs[task]!]!(locks)) return null;
    pcs[task]! += 1;
  }
  const key = `${pcs}|${Object.values(locks)
    .map((lock) => lock.key())
    .join('|')}`;
  return { key, pcs };
}

/** `fair` names the locks whose enqueueing is a visible step. */
export function countInterleavings(
  make: () => Locks,
  programs: readonly (readonly Instruction[])[],
  fair: readonly string[] = [],
): Counts {
  const tasks = programs.map((program, task) => steps(task, program, new Set(fair)));
  const known = new Map<string, readonly [all: number, deadlocking: number]>();
  const visit = (schedule: readonly number[], at: { key: string; pcs: number[] }): readonly [number, number] => {
    const before = known.get(at.key);
    if (before !== undefined) return before;
    let all = 0;
    let deadlocking = 0;
    for (let task = 0; task < tasks.length; task++) {
      if (at.pcs[task]! >= tasks[task]!.length) continue;
      const next = [...schedule, task];
      const reached = run(make, tasks, next);
      if (reached === null) continue;
      const [allBelow, deadlockingBelow] = visit(next, reached);
      all += allBelow;
      deadlocking += deadlockingBelow;
    }
    const finished = at.pcs.every((pc, task) => pc >= tasks[task]!.length);
    const answer = all > 0 ? ([all, deadlocking] as const) : ([1, finished ? 0 : 1] as const);
    known.set(at.key, answer);
    return answer;
  };
  const [interleavings, deadlocking] = visit([], run(make, tasks, [])!);
  return { interleavings, deadlocking, states: known.size };
}
