import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { checkVerdicts } from './check-verdicts.ts';
import { randomProgram } from './section-program.ts';

describe('LD2: verdicts against exhaustive exploration', () => {
  test('600 random programs: a deadlock that can happen is possible or surer, and nothing milder is one', () => {
    const random = new SeededRandom(20211115);
    const count = checkVerdicts(Array.from({ length: 600 }, () => randomProgram(random)));
    expect(count.wrong, count.wrong.join('\n')).toEqual([]);
    // The programs must be of all sorts, or this proves nothing.
    expect(count.deadlocking).toBeGreaterThan(100);
    for (const kind of ['possible', 'single-task', 'gated', 'ordered'])
      expect(count.verdicts.get(kind), kind).toBeGreaterThan(5);
  });
});
