/**
 * Small programs of nested critical sections, with fork and join: run one task after the other under the validator (no deadlock
 * happens), and explored exhaustively, to hold verdicts against what can really happen.
 */
import { LockKey, type Report, type Task, Validator } from '@lockdep/core';
import type { SeededRandom } from '../reference/seeded-random.ts';

export type Mode = 'write' | 'recursive-read';
export type Step =
  | { readonly op: 'lock'; readonly lock: string; readonly mode: Mode }
  | { readonly op: 'unlock'; readonly lock: string }
  | { readonly op: 'fork' | 'join'; readonly task: number };

/** Task 0 may fork and join task 1; the others are there from the beginning. */
export type Program = readonly (readonly Step[])[];

const LOCKS = ['A', 'B', 'C', 'G'];

export function randomProgram(random: SeededRandom): Program {
  const tasks = Array.from({ length: 2 + random.below(2) }, () => sections(random));
  if (random.below(2) === 0) return tasks.map((parts) => parts.flat());
  const [main, ...rest] = tasks;
  const forked = random.below(main!.length + 1);
  const joined = forked + random.below(main!.length + 1 - forked);
  const withJoins: Step[] = [];
  for (let at = 0; at <= main!.length; at++) {
    if (at === forked) withJoins.push({ op: 'fork', task: 1 });
    if (at === joined && random.below(2) === 0) withJoins.push({ op: 'join', task: 1 });
    withJoins.push(...(main![at] ?? []));
  }
  return [withJoins, ...rest.map((parts) => parts.flat())];
}

function sections(random: SeededRandom): Step[][] {
  return Array.from({ length: 1 + random.below(3) }, () => {
    const pool = [...LOCKS];
    const locks = Array.from({ length: 1 + random.below(3) }, () => pool.splice(random.below(pool.length), 1)[0]!);
    const taken = locks.map(
      (lock): Step => ({ op: 'lock', lock, mode: random.below(3) === 0 ? 'recursive-read' : 'write' }),
    );
    return [...taken, ...locks.reverse().map((lock): Step => ({ op: 'unlock', lock }))];
  });
}

/** Runs the tasks one after the other, a forked one where it is joined or at the end. */
export function validate(program: Program): readonly Report[] {
  const validator = new Validator({ sites: false });
  const locks = new Map(
    LOCKS.map((name) => [name, validator.lock(new LockKey({ name, kind: 'mutex' }), { label: name })]),
  );
  const tasks = new Map<number, Task>();
  const forks = program.flat().some((step) => step.op === 'fork');
  const done = new Set<number>();
  const run = (number: number): void => {
    if (done.has(number)) return;
    done.add(number);
    const task = tasks.get(number) ?? validator.task(`t${number}`);
    tasks.set(number, task);
    for (const step of program[number]!) {
      if (step.op === 'lock') validator.acquire(task, locks.get(step.lock)!, { mode: step.mode });
      else if (step.op === 'unlock') validator.release(task, locks.get(step.lock)!);
      else if (step.op === 'fork') tasks.set(step.task, validator.task(`t${step.task}`, { parent: task }));
      else {
        run(step.task);
        validator.joinTask(task, tasks.get(step.task)!);
      }
    }
  };
  program.forEach((_, number) => {
    if (number !== 1 || !forks) run(number);
  });
  run(1);
  return validator.reports;
}

/** A task of a deadlock: what it wants, held by the next one, and what it holds. */
export interface Member {
  readonly wants: string;
  readonly held: readonly string[];
}

/** The sets of locks wanted in the circles of reachable deadlocks, each sorted and joined. */
export function reachableDeadlocks(program: Program): ReadonlySet<string> {
  const wanted = reachableRings(program).map((ring) => ring.map(({ wants }) => wants));
  return new Set(wanted.map((locks) => locks.sort().join()));
}

/** The rings of reachable deadlocks, each waiting for the next one; readers are admitted unless a writer holds. */
export function reachableRings(program: Program): readonly (readonly Member[])[] {
  const forks = program.flat().some((step) => step.op === 'fork');
  const rings = new Map<string, readonly Member[]>();
  const seen = new Set<string>();
  const visit = (pcs: readonly number[]): void => {
    const key = pcs.join();
    if (seen.has(key)) return;
    seen.add(key);
    const held = pcs.map((pc, task) => heldAt(program[task]!, pc));
    let moved = false;
    for (const [task, pc] of pcs.entries()) {
      if (!enabled(program, pcs, held, task, forks)) continue;
      moved = true;
      visit(pcs.with(task, pc + 1));
    }
    if (!moved) for (const ring of ringsIn(program, pcs, held)) rings.set(JSON.stringify(ring), ring);
  };
  visit(program.map(() => 0));
  return [...rings.values()];
}

type Held = ReadonlyMap<string, Mode>;

function heldAt(steps: readonly Step[], pc: number): Held {
  const held = new Map<string, Mode>();
  for (const step of steps.slice(0, pc)) {
    if (step.op === 'lock') held.set(step.lock, step.mode);
    else if (step.op === 'unlock') held.delete(step.lock);
  }
  return held;
}

function enabled(
  program: Program,
  pcs: readonly number[],
  held: readonly Held[],
  task: number,
  forks: boolean,
): boolean {
  const step = program[task]![pcs[task]!];
  if (step === undefined) return false;
  if (forks && task === 1 && !program[0]!.slice(0, pcs[0]).some(({ op }) => op === 'fork')) return false;
  if (step.op === 'join') return pcs[step.task] === program[step.task]!.length;
  return step.op !== 'lock' || blockers(held, task, step).length === 0;
}

function blockers(held: readonly Held[], task: number, { lock, mode }: Step & { op: 'lock' }): number[] {
  return held.flatMap((locks, other) => {
    const theirs = locks.get(lock);
    return other !== task && theirs !== undefined && (mode === 'write' || theirs === 'write') ? [other] : [];
  });
}

/** Circles of tasks that wait for locks (a join is no lock wait). */
function ringsIn(program: Program, pcs: readonly number[], held: readonly Held[]): Member[][] {
  const wants = pcs.map((pc, task) => program[task]![pc]);
  const found: Member[][] = [];
  const follow = (path: readonly number[]): void => {
    const task = path.at(-1)!;
    const want = wants[task];
    if (want?.op !== 'lock') return;
    for (const other of blockers(held, task, want)) {
      const start = path.indexOf(other);
      if (start >= 0) {
        found.push(
          path.slice(start).map((member) => ({
            wants: (wants[member] as Step & { op: 'lock' }).lock,
            held: [...held[member]!.keys()],
          })),
        );
      } else follow([...path, other]);
    }
  };
  for (const task of pcs.keys()) follow([task]);
  return found;
}
