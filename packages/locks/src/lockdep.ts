/**
 * What a program says about itself: `lockdep()` is the validator of the process, `lockdep.task`, `lockdep.fork`, `lockdep.all` name its
 * strands, `lockdep.claims`, `lockdep.waitsFor` its promises.
 */
import type { Validator } from '@lockdep/core';
import { currentStrand, runIn } from './current-strand.ts';
import type { LockOptions } from './lock-options.ts';
import { type LockdepOptions, processValidator } from './process-validator.ts';
import { claims, runClaimed, type Starter, waitsFor } from './promised-event.ts';
import { currentRuntime } from './runtime.ts';
import { Strand } from './strand.ts';

/** How a task begins. */
export interface TaskOptions {
  /** The end of the task is an event (of this name) that others wait for with {@link waitsFor}: what the task takes comes after it in the order. */
  readonly claims?: LockOptions;
}

/**
 * Starts each of `fns` in a strand forked from the current one and gives their results, as `Promise.all` does; but when one
 * fails, it rejects only after all have settled, since the others still run under the locks held here.
 */
async function all<const F extends readonly (() => unknown)[]>(
  fns: F,
): Promise<{ -readonly [I in keyof F]: Awaited<ReturnType<F[I]>> }> {
  const branches = fns.map((fn) => fork(fn));
  await Promise.allSettled(branches);
  const results = await Promise.all(branches);
  return results as { -readonly [I in keyof F]: Awaited<ReturnType<F[I]>> };
}

/**
 * Runs `fn` as a branch of the current strand: with its own held locks, under those held now. Whatever runs concurrently in one
 * task and takes locks with `acquire` or `lock` should be forked. The task is taken to wait for its branches.
 */
function fork<T>(fn: () => T, options: TaskOptions = {}): Promise<Awaited<T>> {
  return start(null, fn, options);
}

/** Runs `fn` as a task of its own, which starts with nothing held; locks still held when it settles are reported. */
function task<T>(name: string, fn: () => T, options: TaskOptions = {}): Promise<Awaited<T>> {
  return start(name, fn, options);
}

/** As a task of this name, or as a branch of the current strand. Under a scheduler, strands are its tasks. */
function start<T>(name: string | null, fn: () => T, { claims: event }: TaskOptions): Promise<Awaited<T>> {
  const runtime = currentRuntime();
  const run: Starter = (code) => {
    if (runtime?.branch !== undefined && runtime.awaits?.() === true) return runtime.branch(name, code);
    return runIn(name === null ? currentStrand().fork() : Strand.task(name), code);
  };
  return event === undefined ? run(fn) : runClaimed(run, event, fn);
}

export interface Lockdep {
  /** The validator of this process. */
  (options?: LockdepOptions): Validator;
  task: typeof task;
  fork: typeof fork;
  all: typeof all;
  claims: typeof claims;
  waitsFor: typeof waitsFor;
}

/**
 * @example
 * await lockdep.task('transfer', async () => {
 *   await accounts.acquire();
 *   await lockdep.all([() => debit(from), () => credit(to)]);
 *   accounts.release();
 * });
 * console.log(lockdep().reports);
 */
export const lockdep: Lockdep = Object.assign(processValidator, { task, fork, all, claims, waitsFor });
