/** Whole programs at random: locks keep their promises, ordered programs are not blamed, and no deadlock goes unseen. */
import { describe, expect, test } from 'vitest';
import { impatient, ordered, unordered } from './random.ts';

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe('programs at random', () => {
  test.each(seeds)('that keep one order are not blamed (seed %i)', ordered);
  test.each(seeds)('with waiters that give up leave nothing behind (seed %i)', impatient);

  test('that keep no order never hang', async () => {
    let refused = 0;
    for (const seed of seeds) refused += await unordered(seed);
    expect(refused).toBeGreaterThan(seeds.length);
  });
});
