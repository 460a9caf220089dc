import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { checkVerdicts } from './check-verdicts.ts';
import { type Program, randomProgram, type Step, validate } from './section-program.ts';

/** `WA rB -B -A fork1 join1`: W and r take a lock for writing and for reading. */
function programOf(...tasks: readonly string[]): Program {
  return tasks.map((task) =>
    task.split(' ').map((word): Step => {
      if (word.startsWith('-')) return { op: 'unlock', lock: word.slice(1) };
      if (word === 'fork1' || word === 'join1') return { op: word === 'fork1' ? 'fork' : 'join', task: 1 };
      return { op: 'lock', lock: word.slice(1), mode: word.startsWith('W') ? 'write' : 'recursive-read' };
    }),
  );
}

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

  test('a circle first reported as ordered rises when another task shows its order, though a longer one was reported meanwhile', () => {
    const program = programOf('WC WA -A -C fork1 join1', 'WG WA -A -G WA WC rG -G -C -A', 'WC WA -A -C');
    expect(checkVerdicts([program]).wrong).toEqual([]);
    const short = validate(program).find((report) => report.kind === 'circular' && report.cycle.length === 2);
    expect(short).toMatchObject({ level: 'warning', verdict: { kind: 'possible' } });
  });
});
