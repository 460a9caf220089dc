/**
 * What a bug of the corpus does to locks, as a program for the validator and for the simulator. Everything comes from its steps:
 *
 * - `lock`, `trylock`, `unlock` of `Class(instance)`, exclusive or shared. A task whose trylock fails gives up;
 * - `own` and `await`: what another context completes is a lock that this context has until then, and that is waited for by taking it;
 * - `freeze … sb_wait_write(level n)`: taking that freeze level exclusively;
 * - a task ends by releasing what it holds, and completing what it owns. All other steps are no steps of locks.
 */
import { how, LockKey, Validator } from '@lockdep/core';
import type { Simulation } from '@lockdep/simulator';
import type { CorpusStep } from './corpus.ts';

interface LockStep {
  readonly task: string;
  readonly op: 'lock' | 'trylock' | 'unlock' | 'await';
  readonly object: string;
  readonly shared: boolean;
  readonly nested: boolean;
}

export type LockProgram = readonly LockStep[];

const MEANING: Readonly<Record<string, LockStep['op']>> = {
  lock: 'lock',
  trylock: 'trylock',
  unlock: 'unlock',
  own: 'lock',
  done: 'unlock',
  await: 'await',
  freeze: 'lock',
};
const FREEZE_LEVELS = ['sb_writers', 'sb_pagefaults', 'sb_internal'];

export const classOf = (object: string): string => object.replace(/\(.*$/, '');

/** The program of an interleaving. */
export function lockProgram(steps: readonly CorpusStep[]): LockProgram {
  return steps.flatMap(({ task, op, object, mode }) => {
    const meaning = task === '-' ? undefined : MEANING[op];
    if (meaning === undefined) return [];
    const level = op === 'freeze' ? /^sb_wait_write\(level (\d)\)$/.exec(object) : null;
    const lock = level === null ? object : FREEZE_LEVELS[Number(level[1]) - 1]!;
    if (!/^[\w.]+(\(.+\))?$/.test(lock)) throw new Error(`'${op} ${object}' of ${task} names no lock`);
    return [{ task, op: meaning, object: lock, shared: mode === 'shared', nested: false }];
  });
}

/** The program of lines such as `W1 lock i_rwsem(A) shared nested`. */
export function parseProgram(lines: readonly string[]): LockProgram {
  return lines.map((line) => {
    const [task, op, object, ...how] = line.split(' ');
    const meaning = MEANING[op!];
    if (meaning === undefined || object === undefined) throw new Error(`'${line}' is no step of locks`);
    return { task: task!, op: meaning, object, shared: how.includes('shared'), nested: how.includes('nested') };
  });
}

/** The program and a task that wants this lock exclusively. */
export const withWriter = (program: LockProgram, object: string): LockProgram => [
  ...program,
  { task: 'writer', op: 'lock', object, shared: false, nested: false },
];

function tasksOf(program: LockProgram): Map<string, LockStep[]> {
  return Map.groupBy(program, (step) => step.task);
}

const numberOf = (object: string): number => Number(/\((.+)\)$/.exec(object)![1]);

/** Runs the tasks one after the other under a validator, so that nothing ever waits. */
export function validate(program: LockProgram, ordered: readonly string[] = []): Validator {
  const validator = new Validator({ sites: false });
  const shared = new Set(program.filter((step) => step.shared).map((step) => classOf(step.object)));
  const keys = new Map<string, LockKey>();
  for (const name of new Set(program.map((step) => classOf(step.object)))) {
    const kind = name === 'fs_reclaim' ? 'lockmap' : shared.has(name) ? 'rwsem' : 'mutex';
    const compare = ordered.includes(name) ? { compare: byNumber } : {};
    keys.set(name, new LockKey({ name, kind, ...compare }));
  }
  const objects = [...new Set(program.map((step) => step.object))];
  const locks = new Map(objects.map((label) => [label, validator.lock(keys.get(classOf(label))!, { label })] as const));
  for (const [name, steps] of tasksOf(program)) {
    const task = validator.task(name);
    const held: string[] = [];
    const release = (object: string): void => {
      held.splice(held.lastIndexOf(object), 1);
      validator.release(task, locks.get(object)!);
    };
    for (const { op, object, shared: reads, nested } of steps) {
      if (op === 'unlock') release(object);
      else {
        const mode = reads ? 'read' : 'write';
        const trylock = op === 'trylock';
        validator.acquire(task, locks.get(object)!, how({ mode, trylock, subclass: nested ? 1 : 0 }));
        held.push(object);
        if (op === 'await') release(object);
      }
    }
    while (held.length > 0) release(held.at(-1)!);
  }
  return validator;
}

function byNumber(held: { readonly name: string | number }, wanted: { readonly name: string | number }): number {
  return numberOf(String(held.name)) - numberOf(String(wanted.name));
}

/** The tasks beside each other, for exploration. What anybody takes shared is a fair semaphore. */
export function explorable(program: LockProgram): (sim: Simulation) => void {
  const shared = new Set(program.filter((step) => step.shared).map((step) => step.object));
  return (sim) => {
    const mutexes = new Map<string, ReturnType<Simulation['mutex']>>();
    const semaphores = new Map<string, ReturnType<Simulation['rwSemaphore']>>();
    for (const { object } of program) {
      if (shared.has(object)) semaphores.set(object, semaphores.get(object) ?? sim.rwSemaphore(object));
      else mutexes.set(object, mutexes.get(object) ?? sim.mutex(object));
    }
    const acquire = ({ op, object, shared: reads }: LockStep) => {
      const semaphore = semaphores.get(object);
      const lock = semaphore ?? mutexes.get(object)!;
      if (op === 'trylock') return reads ? semaphore!.tryAcquireRead() : lock.tryAcquire();
      return reads ? semaphore!.acquireRead() : lock.acquire();
    };
    const release = ({ object, shared: reads }: LockStep) =>
      reads ? semaphores.get(object)!.releaseRead() : (semaphores.get(object) ?? mutexes.get(object)!).release();
    for (const [name, steps] of tasksOf(program)) {
      sim.task(name, function* () {
        const held: LockStep[] = [];
        for (const step of steps) {
          if (step.op === 'unlock') {
            const place = held.findLastIndex(({ object }) => object === step.object);
            yield release(held.splice(place, 1)[0]!);
            continue;
          }
          const taken = yield acquire(step);
          if (step.op === 'trylock' && taken === false) break;
          if (step.op === 'await') yield release(step);
          else held.push(step);
        }
        for (const step of held.reverse()) yield release(step);
      });
    }
  };
}
