/** `test` with what a test of locks needs: a validator of its own, and a simulator with a seed of its own. */
import { Validator } from '@lockdep/core';
import type { ConfirmedExploration, Program } from '@lockdep/simulator';
import { test as base, type TestAPI } from 'vitest';
import { exploreAndConfirm, type SimOptions } from './explore-and-confirm.ts';
import { testWatch } from './test-watch.ts';

/** The simulator of one test. */
export interface TestSim {
  /** Kept in `task.meta`; `LOCKDEP_SEED` sets it. Follows from the test's name. */
  readonly seed: number;
  /** `explore` with that seed; the inversions it shows are confirmed or refuted. */
  readonly explore: (program: Program, options?: SimOptions) => ConfirmedExploration;
}

/** What `test` adds to a test's context. */
export interface LockFixtures {
  /** A validator that knows nothing yet, for locks made with `{ validator: lockdep }`; its reports fail the test. */
  lockdep: Validator;
  sim: TestSim;
}

/** Vitest's `test` with {@link LockFixtures}: a validator and a simulation of the test's own. */
export const test: TestAPI<LockFixtures> = base.extend<LockFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures off the pattern
  lockdep: async ({}, use) => {
    const validator = new Validator();
    testWatch().add(validator);
    await use(validator);
  },
  sim: async ({ task }, use) => {
    const seed = Number(process.env['LOCKDEP_SEED'] ?? seedOf(task.fullTestName));
    task.meta.lockdep = { ...task.meta.lockdep, seed };
    await use({ seed, explore: (program, options) => exploreAndConfirm(program, { seed, ...options }) });
  },
});

/** FNV-1a, 31 bits. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return hash >>> 1;
}
