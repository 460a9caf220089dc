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
