import { expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { type Member, randomProgram } from '../verdicts/section-program.ts';
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

test('the judge: along the circle in its direction, over held locks', () => {
  const circle = ['A', 'B', 'C'];
  const ring = (...members: string[]): Member[] =>
    members.map((member) => ({ wants: member[0]!, held: [...member.slice(1)] }));
  expect(isOn(ring('BA', 'CB', 'AC'), circle)).toBe(true);
  expect(isOn(ring('CAB', 'AC'), circle)).toBe(true);
  // From A to C over B, which nobody has.
  expect(isOn(ring('CA', 'AC'), circle)).toBe(false);
  expect(isOn(ring('AB', 'CA', 'BC'), circle)).toBe(false);
  expect(isOn(ring('AB', 'DA'), circle)).toBe(false);
});
