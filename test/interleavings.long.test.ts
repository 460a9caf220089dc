/** Prediction against reality on 20,000 programs; the false alarms by what is said of them and by why they are. */
import { expect, test } from 'vitest';
import { compareWithInterleavings } from './reference/interleaving-campaign.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1_000_000);

test('20,000 random programs of two or three tasks', () => {
  const result = compareWithInterleavings(SEED, 20_000, 1_000);
  const { programs, states, deadlocks, clean, alarms, reasons } = result;
  console.log(
    `${programs} programs, ${states} states; ${deadlocks} can deadlock, ${clean} cannot and are not reported`,
  );
  console.log('reported although they cannot:', alarms, 'of the first 1,000 because of:', reasons);
  expect(result.missed).toEqual([]);
  // A circle that passes twice through a class nobody writes is taken for the smaller one at that class, where nobody waits.
  console.log(`played down: ${result.playedDown.length}`, result.playedDown.slice(0, 2));
  expect(result.playedDown.filter((text) => !text.includes('readers-only'))).toEqual([]);
  expect(result.playedDown.length).toBeLessThan(deadlocks / 500);
});
