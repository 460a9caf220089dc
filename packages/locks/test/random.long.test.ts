/** The random programs of random.test.ts, many of them. */
import { expect, test } from 'vitest';
import { impatient, ordered, unordered } from './random.ts';

test.each(Object.entries({ ordered, impatient, unordered }))('2,000 programs, %s', async (_name, program) => {
  for (let seed = 1000; seed < 3000; seed++) {
    const hung = new Promise((_, reject) => {
      setTimeout(reject, 20_000, new Error(`seed ${seed} hangs`)).unref();
    });
    await expect(Promise.race([program(seed), hung]), `seed ${seed}`).resolves.not.toThrow();
  }
});
