import { expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { randomProgram } from '../verdicts/section-program.ts';
import { checkConfirmations, isOn } from './check-confirmations.ts';

test('300 random programs: every report is decided, and as another explorer has it', () => {
  const random = new SeededRandom(20230617);
  const { reports, answers, wrong } = checkConfirmations(Array.from({ length: 300 }, () => randomProgram(random)));
  expect(wrong, wrong.join('\n')).toEqual([]);
  // The programs must be of all sorts, or this proves nothing.
  expect(reports).toBeGreaterThan(150);
  for (const kind of ['confirmed prediction', 'refuted gate', 'refuted order', 'refuted same-task']) {
    expect(answers.get(kind), kind).toBeGreaterThan(5);
  }
  expect([...answers.keys()].filter((answer) => answer.startsWith('unconfirmed'))).toEqual([]);
});

test('the judge: once round the circle in its direction, at two places at least', () => {
  const circle = ['A', 'B', 'C'];
  expect(isOn(['B', 'C', 'A'], circle)).toBe(true);
  expect(isOn(['A', 'C'], circle)).toBe(true);
  expect(isOn(['C', 'B', 'A'], circle)).toBe(false);
  expect(isOn(['A', 'D'], circle)).toBe(false);
  expect(isOn(['A'], circle)).toBe(false);
});
