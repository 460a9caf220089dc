/** As in inversions.test.ts, where it takes all of some thousands of interleavings. */
import { expect, test } from 'vitest';
import { answersTo, inversions, listedFor, nameOf, switched } from './inversions.ts';

test.each(inversions.filter(({ long }) => long === true).map((each) => [nameOf(each), each] as const))(
  '%s',
  (_, each) => {
    expect(answersTo(each, { budget: { ms: 540_000, executions: 200_000, steps: 1_000 } })).toEqual(each.answers);
  },
);

test('in every profile no order is reported that is not listed', () => {
  for (const each of switched) {
    const reported = Object.keys(answersTo(each, { means: [], budget: { ms: 60_000, steps: 1_000 } }));
    expect([...new Set(reported).difference(listedFor(each))], `${nameOf(each)}, ${each.settings.profile}`).toEqual([]);
  }
});
