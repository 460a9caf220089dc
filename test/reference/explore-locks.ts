/**
 * All interleavings of a small program, by breadth-first search over its states: can it come to a point where somebody is
 * unfinished and nobody can move?
 *
 * Locks are fair: a waiting writer holds up readers that come after it, except recursive ones; those wait for a writer that holds
 * the lock and for nobody else. Exponential in the tasks; for programs of a dozen steps.
 */
import type { TakeOp, TaskOp, TaskPrograms } from './lock-tasks.ts';

interface State {
  /** The next operation of each task; its length when it is over. */
  readonly at: readonly number[];
  /** Tasks that wait for the lock they are about to take, the first to come first. */
  readonly queue: readonly number[];
}

export interface Exploration {
  readonly states: number;
  /** The operations at which the tasks stand in a deadlock, or null. */
  readonly deadlock: readonly (TaskOp | null)[] | null;
}

interface Hold {
  readonly task: number;
  readonly lock: string;
  readonly write: boolean;
}

/** Stops with what it has after `mostStates`. */
export function explore({ tasks }: TaskPrograms, mostStates: number = Number.POSITIVE_INFINITY): Exploration {
  const held = tasks.map((ops, task) => Array.from({ length: ops.length + 1 }, (_, at) => holdsOf(ops, at, task)));
  const start: State = { at: tasks.map(() => 0), queue: [] };
  const seen = new Set([key(start)]);
  const open = [start];
  for (const state of open) {
    const holds = state.at.flatMap((at, task) => held[task]![at]!);
    const next = successors(tasks, state, holds);
    if (seen.size > mostStates) break;
    if (next.length === 0 && state.at.some((at, task) => at < tasks[task]!.length)) {
      return { states: seen.size, deadlock: state.at.map((at, task) => tasks[task]![at] ?? null) };
    }
    for (const each of next) {
      const name = key(each);
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(each);
    }
  }
  return { states: seen.size, deadlock: null };
}

/** Does a task that runs alone get to its end? The operations it performs, the one it blocks at included. */
export function runAlone(ops: readonly TaskOp[]): TaskOp[] {
  for (let at = 0; at < ops.length; at++) {
    const op = ops[at]!;
    if (op.op === 'take' && !granted(op, holdsOf(ops, at, 0), [])) return ops.slice(0, op.trylock ? at : at + 1);
  }
  return [...ops];
}

const key = ({ at, queue }: State): string => `${at.join()}|${queue.join()}`;

function successors(tasks: TaskPrograms['tasks'], state: State, holds: readonly Hold[]): State[] {
  const next: State[] = [];
  for (const [task, ops] of tasks.entries()) {
    const op = ops[state.at[task]!];
    if (op === undefined) continue;
    const moved = (to: number): State => ({
      at: state.at.with(task, to),
      queue: state.queue.filter((waiting) => waiting !== task),
    });
    if (op.op !== 'take' || granted(op, holds, ahead(tasks, state, task))) next.push(moved(state.at[task]! + 1));
    else if (op.trylock) next.push(moved(ops.length));
    else if (!state.queue.includes(task)) next.push({ ...state, queue: [...state.queue, task] });
  }
  return next;
}

/** What the waiting tasks that came before this one want. */
function ahead(tasks: TaskPrograms['tasks'], { at, queue }: State, task: number): TakeOp[] {
  const before = queue.includes(task) ? queue.slice(0, queue.indexOf(task)) : queue;
  return before.map((waiting) => tasks[waiting]![at[waiting]!] as TakeOp);
}

function granted({ lock, mode }: TakeOp, holds: readonly Hold[], before: readonly TakeOp[]): boolean {
  if (holds.some((hold) => hold.lock === lock && (hold.write || mode === 'write'))) return false;
  if (mode === 'write') return true;
  return mode === 'recursive-read' || !before.some((op) => op.lock === lock && op.mode === 'write');
}

/** What a task holds before its operation `at`; one that is over (or has given up) holds nothing. */
function holdsOf(ops: readonly TaskOp[], at: number, task: number): Hold[] {
  if (at >= ops.length) return [];
  const holds: Hold[] = [];
  for (const op of ops.slice(0, at)) {
    if (op.op === 'take') holds.push({ task, lock: op.lock, write: op.mode === 'write' });
    else {
      const index = holds.findLastIndex(({ lock }) => lock === op.lock);
      if (index < 0) continue;
      if (op.op === 'drop') holds.splice(index, 1);
      else holds[index] = { ...holds[index]!, write: false };
    }
  }
  return holds;
}
