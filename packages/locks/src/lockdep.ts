/**
 * The validator and the strands of this process: `lockdep()`, `lockdep.task`, `lockdep.fork`, `lockdep.all`.
 *
 * One validator for all copies of the package in the process, made when the first lock asks for it.
 */
import type { Validator } from '@lockdep/core';
import { currentStrand, runIn } from './current-strand.ts';
import { logReports } from './log-reports.ts';
import type { Logger } from './logger.ts';
import { PublishingValidator } from './published-events.ts';
import { shared } from './shared.ts';
import { Strand } from './strand.ts';

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
function fork<T>(fn: () => T): Promise<Awaited<T>> {
  return runIn(currentStrand().fork(), fn);
}

/** Runs `fn` as a task of its own, which starts with nothing held; locks still held when it settles are reported. */
function task<T>(name: string, fn: () => T): Promise<Awaited<T>> {
  return runIn(Strand.task(name), fn);
}

export interface LockdepOptions {
  /** Where reports are logged from now on (pino, or anything of that shape), those made before included; null: nowhere. */
  readonly logger?: Logger | null;
}

/** The validator of this process. */
function processValidator({ logger }: LockdepOptions = {}): Validator {
  const validator = shared<Validator>('@lockdep/validator', () => new PublishingValidator());
  if (logger !== undefined) {
    const logging = shared('@lockdep/logging', () => ({ stop: () => {} }));
    logging.stop();
    logging.stop = logger === null ? () => {} : logReports(validator, logger);
  }
  return validator;
}

export interface Lockdep {
  /** The validator of this process. */
  (options?: LockdepOptions): Validator;
  task: typeof task;
  fork: typeof fork;
  all: typeof all;
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
export const lockdep: Lockdep = Object.assign(processValidator, { task, fork, all });
