/** What the defects of the scenarios make the validator report: confirmed with a schedule, or refuted by trying all interleavings. */
import { expect, test } from 'vitest';
import { answersTo, inversions, nameOf } from './inversions.ts';

const quick = inversions.filter(({ long }) => long !== true);

test.each(quick.map((each) => [nameOf(each), each] as const))('%s', (_, each) => {
  const isOpen = Object.values(each.answers).includes('unconfirmed');
  const budget = { ms: 60_000, executions: isOpen ? 100 : 5_000, steps: 1_000 };
  expect(answersTo(each, { budget })).toEqual(each.answers);
});
