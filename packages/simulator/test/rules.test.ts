/** The three rules for blocking operations, each with a small program that shows it; enumeration gives the counts. */
import { describe, expect, test } from 'vitest';
import { compileProgram, explore } from '../src/index.ts';
import type { NotationProgram, Step } from '../src/notation/program-file.ts';

const OBJECTS: NotationProgram['objects'] = {
  A: { kind: 'mutex' },
  B: { kind: 'mutex' },
  R: { kind: 'rwlock' },
  x: { kind: 'var' },
};

function program(id: string, ...tasks: Step[][]): NotationProgram {
  return { id, objects: OBJECTS, tasks: tasks.map((steps, i) => ({ name: `t${i}`, steps })) };
}

const cases: readonly (readonly [traces: number, program: NotationProgram])[] = [
  // The second lock never runs, but it could have been the first.
  [2, program('rule A: pending operations at a deadlock race too', [['lock', 'A']], [['lock', 'A']])],
  // The execution in which `lock A` of t1 blocks is cut short before that step is seen.
  [
    3,
    program(
      'rule B: and at the end of an execution that is cut short',
      [['read', 'x', 'r']],
      [
        ['lock', 'B'],
        ['unlock', 'B'],
        ['lock', 'A'],
      ],
      [
        ['lock', 'A'],
        ['write', 'x', 1],
      ],
    ),
  ],
  // Postponing one reader does not let the writer in.
  [2, program('rule C: a writer behind two readers', [['rdlock', 'R']], [['rdlock', 'R']], [['wrlock', 'R']])],
  [
    3,
    program(
      'rule C: readers that hold on, and one that locks itself out',
      [
        ['lock', 'A'],
        ['rdlock', 'R'],
        ['lock', 'A'],
      ],
      [
        ['rdlock', 'R'],
        ['lock', 'A'],
      ],
      [['wrlock', 'R']],
    ),
  ],
  // Dropping everything that conflicts would lose the traces in which the first reader has finished.
  [
    22,
    program(
      'rule C: only those who hold are dropped',
      [
        ['wrlock', 'R'],
        ['wrunlock', 'R'],
        ['rdlock', 'R'],
        ['rdunlock', 'R'],
      ],
      [
        ['rdlock', 'R'],
        ['rdunlock', 'R'],
        ['rdlock', 'R'],
      ],
      [
        ['rdlock', 'R'],
        ['rdunlock', 'R'],
        ['wrlock', 'R'],
        ['wrunlock', 'R'],
      ],
    ),
  ],
];

describe.each(cases)('%d traces', (traces, program) => {
  test.each(['enumeration', 'sleep-sets', 'source-dpor', 'optimal-dpor'] as const)(`${program.id}: %s`, (strategy) => {
    const result = explore(compileProgram(program), { strategy, leaks: false, failures: 0, validator: null });
    expect(result.distinctTraces).toBe(traces);
    expect(result.exhausted).toBe(true);
    if (strategy !== 'enumeration') expect(result.executions).toBe(traces);
    if (strategy === 'optimal-dpor') expect(result.sleepBlocked).toBe(0);
  });
});
