/** What the defects of the scenarios make the validator report: nothing is left unlisted, and each report is confirmed or refuted. */
import { describe, expect, test } from 'vitest';
import { answersTo, inversions, listedFor, nameOf, switched } from './inversions.ts';

test('every scenario with every defect of its cells: no order is reported that is not listed', () => {
  const seen = new Set<string>();
  for (const each of switched) {
    const name = nameOf(each);
    if (seen.has(name)) continue;
    seen.add(name);
    const reported = Object.keys(answersTo(each, { means: [], runs: 5, budget: { ms: 60_000, steps: 1_000 } }));
    expect([...new Set(reported).difference(listedFor(each))], name).toEqual([]);
  }
});

describe('with its schedule, or by trying all interleavings', () => {
  test.each(inversions.filter(({ long }) => long !== true).map((each) => [nameOf(each), each] as const))(
    '%s',
    (_, each) => {
      const isOpen = Object.values(each.answers).includes('unconfirmed');
      const budget = { ms: 60_000, executions: isOpen ? 100 : 5_000, steps: 1_000 };
      expect(answersTo(each, { budget })).toEqual(each.answers);
    },
  );
});
