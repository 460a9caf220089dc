/**
 * Why is a report not a deadlock of this very program? Each answer is proved by exploring the program with that one reason taken
 * away: with it gone, a deadlock can be reached.
 */
import { explore } from './explore-locks.ts';
import type { TaskOp, TaskPrograms } from './lock-tasks.ts';

export type AlarmReason =
  /** Two locks of one class: the tasks meet as soon as it is one lock. */
  | 'different instances'
  /** Readers only: one writer would make them wait for each other. */
  | 'no writer'
  /** A common lock keeps the tasks apart. */
  | 'gate'
  /** One task shows several of the orders: it takes two tasks that run it. */
  | 'too few tasks'
  | 'two of these'
  /** None of these alone, and no two within the budget. */
  | 'not found';

/** Beyond so many states one changed program is given up, and the search for two reasons. */
const MOST_STATES = 1_500;
const BUDGET = 15_000;

type Change = (program: TaskPrograms) => readonly TaskPrograms[];

const CHANGES: readonly (readonly [AlarmReason, Change])[] = [
  ['different instances', (program) => [merged(program)]],
  ['no writer', withWriters],
  ['gate', gatesRemoved],
  ['too few tasks', tasksRepeated],
];

/** The first reason that alone explains the alarm; two only where none does. */
export function classifyAlarm(program: TaskPrograms): AlarmReason {
  let spent = 0;
  const deadlocks = (changed: TaskPrograms): boolean => {
    if (spent > BUDGET) return false;
    const { states, deadlock } = explore(changed, MOST_STATES);
    spent += states;
    return deadlock !== null;
  };
  for (const [reason, change] of CHANGES) if (change(program).some(deadlocks)) return reason;
  for (const [, first] of CHANGES) {
    for (const [, second] of CHANGES) {
      if (first === second || spent > BUDGET) continue;
      if (first(program).flatMap(second).some(deadlocks)) return 'two of these';
    }
  }
  return 'not found';
}

function merged({ locks, tasks }: TaskPrograms): TaskPrograms {
  const rename = (op: TaskOp): TaskOp => ({ ...op, lock: locks[op.lock]! });
  return { locks, tasks: tasks.map((ops) => ops.map(rename)) };
}

/** With writers for every lock that readers share: one task that writes one after the other, or a task for each of two locks. */
function withWriters({ locks, tasks }: TaskPrograms): TaskPrograms[] {
  const read = [...new Set(tasks.flat().flatMap((op) => (op.op === 'take' && op.mode !== 'write' ? [op.lock] : [])))];
  const write = (lock: string): TaskOp[] => [
    { op: 'take', lock, mode: 'write', trylock: false },
    { op: 'drop', lock },
  ];
  const pairs = read.flatMap((a, at) => read.slice(at + 1).map((b) => [write(a), write(b)]));
  return [[read.flatMap(write)], ...pairs].map((writers) => ({ locks, tasks: [...tasks, ...writers] }));
}

/** Without one lock everywhere, or (a gate can itself be part of the circle) in one of the tasks. */
function gatesRemoved({ locks, tasks }: TaskPrograms): TaskPrograms[] {
  return Object.keys(locks).flatMap((gate) => {
    const passed = tasks.map((ops) => ops.filter(({ lock }) => lock !== gate));
    return [{ locks, tasks: passed }, ...tasks.map((_, task) => ({ locks, tasks: tasks.with(task, passed[task]!) }))];
  });
}

function tasksRepeated({ locks, tasks }: TaskPrograms): TaskPrograms[] {
  return tasks.map((ops) => ({ locks, tasks: [...tasks, ops] }));
}
