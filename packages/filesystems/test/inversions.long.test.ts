/** As in inversions.test.ts, where it takes some thousands of executions; and all that no row names. */
import { describe, expect, test } from 'vitest';
import { answersTo, inversions, isTooLarge, nameOf, switched } from './inversions.ts';

const long = inversions.filter((each) => each.long === true);

test.each(long.map((each) => [nameOf(each), each] as const))('%s', (_, each) => {
  expect(answersTo(each, { budget: { ms: 540_000, executions: 200_000, steps: 1_000 } })).toEqual(each.answers);
});

describe('every defect of every scenario, in every profile: no order is left undecided', () => {
  const whole = switched.filter((each) => !isTooLarge(each));
  test.each(whole.map((each) => [`${nameOf(each)}, ${each.settings.profile}`, each] as const))('%s', (_, each) => {
    const answers = answersTo(each, { budget: { ms: 120_000, executions: 50_000, steps: 1_000 } });
    expect(Object.entries(answers).filter(([, verdict]) => verdict === 'unconfirmed')).toEqual([]);
  });
});
