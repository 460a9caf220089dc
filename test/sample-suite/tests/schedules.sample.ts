import type { Simulation } from '@lockdep/simulator';
import { test } from '@lockdep/vitest';
import { expect } from 'vitest';

/** Two tasks that take two mutexes, in one order or in both. */
const program = (crossed: boolean) => (sim: Simulation) => {
  const a = sim.mutex('A');
  const b = sim.mutex('B');
  const code = (first: typeof a, second: typeof a) =>
    function* () {
      yield* first.acquire();
      yield* second.acquire();
      yield* second.release();
      yield* first.release();
    };
  sim.task('t1', code(a, b));
  sim.task('t2', crossed ? code(b, a) : code(a, b));
};

test('passes: both', async ({ sim }) => {
  await expect(program(true)).toDeadlock();
  await expect(sim.explore(program(false))).toHoldUnderAllSchedules();
});

test('passes: options are those of explore', async () => {
  await expect(program(true)).toDeadlock({ strategy: 'random', seed: 7, budget: { executions: 200 } });
  await expect(program(false)).toHoldUnderAllSchedules({ strategy: 'optimal-dpor' });
  // @ts-expect-error: no such strategy
  await expect(expect(program(true)).toDeadlock({ strategy: 'luck' })).rejects.toThrow(/unknown strategy 'luck'/);
});

/** One execution, which shows the inversion and no deadlock. */
const ONE = { strategy: 'context-bound', bound: 0, budget: { executions: 1 } } as const;

test('passes: a deadlock that the executions miss is found from its inversion', async ({ sim }) => {
  await expect(program(true)).toDeadlock(ONE);
  await expect(program(true)).not.toDeadlock({ ...ONE, confirm: false });
  const { verdict, reports } = sim.explore(program(true), ONE);
  expect(verdict).toBe('deadlock');
  expect(reports).toMatchObject([{ level: 'error', verdict: { kind: 'confirmed', schedule: { preemptions: 1 } } }]);
  expect(sim.explore(program(true), { ...ONE, confirm: false }).verdict).toBe('ok');
});

test('passes: a refuted inversion is a note', async ({ sim, lockdep }) => {
  const gated = (world: Simulation) => {
    const [gate, a, b] = [world.mutex('gate'), world.mutex('A'), world.mutex('B')];
    const code = (...locks: readonly (typeof a)[]) =>
      function* () {
        for (const lock of locks) yield* lock.acquire();
        for (const lock of locks.toReversed()) yield* lock.release();
      };
    world.task('t1', code(gate, a, b));
    world.task('t2', code(gate, b, a));
  };
  const result = sim.explore(gated, { ...ONE, validator: lockdep });
  expect(result.reports).toMatchObject([{ level: 'note', verdict: { kind: 'refuted' } }]);
  await expect(result).not.toDeadlock();
});

test('fails: by an inversion that is confirmed', ({ sim, lockdep }) => {
  sim.explore(program(true), { ...ONE, validator: lockdep });
});

test('fails: toHoldUnderAllSchedules, though no execution has failed', async () => {
  await expect(program(true)).toHoldUnderAllSchedules(ONE);
});

test('fails: an inversion that nobody could decide', async () => {
  await expect(program(true)).toHoldUnderAllSchedules({ ...ONE, confirm: { means: [], runs: 1 } });
});

test('fails: not.toDeadlock', async () => {
  await expect(program(true)).not.toDeadlock();
});

test('fails: not all schedules could be tried', async () => {
  await expect(program(false)).toHoldUnderAllSchedules({ budget: { executions: 1 } });
});

test('fails: not a program', async () => {
  await expect(5).toDeadlock();
});

test('fails: toDeadlock', async () => {
  await expect(program(false)).toDeadlock();
});

test('fails: toHoldUnderAllSchedules', async () => {
  await expect(program(true)).toHoldUnderAllSchedules();
});
