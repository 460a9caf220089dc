/** Small multi-task programs: what each task takes and lets go of, in order. The input of the exploration of all interleavings. */
import type { Mode } from '@lockdep/core';
import type { SeededRandom } from './seeded-random.ts';

export interface TakeOp {
  readonly op: 'take';
  readonly lock: string;
  readonly mode: Mode;
  /** Never waits: when it fails, the task lets go of everything and is over. */
  readonly trylock: boolean;
}

export interface DropOp {
  readonly op: 'drop' | 'downgrade';
  readonly lock: string;
}

export type TaskOp = TakeOp | DropOp;

export interface TaskPrograms {
  /** The class of each lock. */
  readonly locks: Readonly<Record<string, string>>;
  readonly tasks: readonly (readonly TaskOp[])[];
}

const MODE_SETS: readonly (readonly Mode[])[] = [
  ['write'],
  ['write', 'read'],
  ['write', 'recursive-read'],
  ['write', 'recursive-read', 'recursive-read'],
  ['write', 'read', 'recursive-read'],
];

/** Two or three tasks over two to four locks; in some programs two locks share a class. */
export function randomTasks(random: SeededRandom): TaskPrograms {
  const names = ['A', 'B', 'C', 'D'].slice(0, 2 + random.below(3));
  const locks = Object.fromEntries(names.map((name) => [name, name]));
  if (random.chance(0.25)) locks[names.at(-1)!] = names[0]!;
  const modes = random.pick(MODE_SETS);
  const count = random.chance(0.5) ? 2 : 3;
  return { locks, tasks: Array.from({ length: count }, () => randomTask(random, names, modes, count)) };
}

/** One or two sections of nested locks, released in any order; hardly ever takes a lock that it holds. */
function randomTask(random: SeededRandom, names: readonly string[], modes: readonly Mode[], count: number): TaskOp[] {
  const ops: TaskOp[] = [];
  const takes = count === 2 ? 5 : 3;
  for (let sections = random.chance(0.3) ? 2 : 1; sections > 0; sections--) {
    const held: string[] = [];
    for (let left = 2 + random.below(takes - 1); left > 0; left--) {
      const lock = random.pick(names);
      if (held.includes(lock) && random.chance(0.95)) continue;
      const trylock = random.chance(0.08);
      const mode = random.pick(modes);
      ops.push({ op: 'take', lock, mode, trylock });
      held.push(lock);
      if (mode === 'write' && random.chance(0.06)) ops.push({ op: 'downgrade', lock });
      if (held.length > 1 && random.chance(0.15)) {
        ops.push({ op: 'drop', lock: held.splice(random.below(held.length), 1)[0]! });
      }
    }
    while (held.length > 0) {
      const at = random.chance(0.3) ? random.below(held.length) : held.length - 1;
      ops.push({ op: 'drop', lock: held.splice(at, 1)[0]! });
    }
  }
  return ops;
}

const LETTERS: Readonly<Record<Mode, string>> = { write: 'W', read: 'r', 'recursive-read': 'R' };

/** One line a task: `1: W(A) r(B) -B -A`. */
export function tasksText({ locks, tasks }: TaskPrograms): string {
  const shared = Object.entries(locks).filter(([name, each]) => name !== each);
  const lines = tasks.map((ops, number) => `${number + 1}: ${ops.map(opText).join(' ')}`);
  return [...lines, ...shared.map(([name, each]) => `${name} is of class ${each}`)].join('\n');
}

function opText(op: TaskOp): string {
  if (op.op === 'take') return `${op.trylock ? 'try' : ''}${LETTERS[op.mode]}(${op.lock})`;
  return op.op === 'drop' ? `-${op.lock}` : `downgrade(${op.lock})`;
}
