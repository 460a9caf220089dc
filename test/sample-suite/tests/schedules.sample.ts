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

test('fails: toDeadlock', async () => {
  await expect(program(false)).toDeadlock();
});

test('fails: toHoldUnderAllSchedules', async () => {
  await expect(program(true)).toHoldUnderAllSchedules();
});
