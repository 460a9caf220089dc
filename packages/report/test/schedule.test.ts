import { moments, type Schedule } from '@lockdep/report';
import { describe, expect, test } from 'vitest';

/** After each step what every task holds and waits for: `t1 A (read)+B ?C`. */
function told(schedule: Schedule['schedule'], waits: Schedule['waits'] = []): string[] {
  return moments({ title: '', schedule, waits }).map(({ states }) =>
    states
      .map(({ task, hasBegun, held, waitsFor }) => {
        const locks = held.map(({ lock, isRead }) => (isRead ? `${lock} (read)` : lock)).join('+');
        const parts = [task, hasBegun ? locks : '-', waitsFor === null ? '' : `?${waitsFor}`];
        return parts.filter((part) => part !== '').join(' ');
      })
      .join(', '),
  );
}

describe('a schedule', () => {
  test('who holds what after each step, and who is kept from what', () => {
    const waits = [
      { task: 't1', wants: 'lock B', heldBy: ['t2'] },
      { task: 't2', wants: 'lock A', heldBy: ['t1'] },
    ];
    expect(
      told(
        [
          ['t1', 'lock A'],
          ['t2', 'x = 1', 'lock B'],
        ],
        waits,
      ),
    ).toEqual(['t1 A, t2 -', 't1 A, t2', 't1 A ?B, t2 B ?A', 't1 A ?B, t2 B ?A', 't1 A ?B, t2 B ?A']);
  });

  test('readers keep writers out, not readers', () => {
    expect(
      told([
        ['r1', 'rdlock A'],
        ['r2', 'x = 1'],
        ['w', 'x = 2'],
        ['r2', 'rdlock A', 'rdunlock A'],
        ['r1', 'rdunlock A'],
        ['w', 'lock A', 'downgrade A', 'rdunlock A'],
      ]),
    ).toEqual([
      'r1 A (read), r2 -, w -',
      'r1 A (read), r2, w -',
      'r1 A (read), r2, w ?A',
      'r1 A (read), r2 A (read), w ?A',
      'r1 A (read), r2, w ?A',
      'r1, r2, w',
      'r1, r2, w A',
      'r1, r2, w A (read)',
      'r1, r2, w',
    ]);
  });

  test('tries, conditions, and locks that another task releases', () => {
    expect(
      told([
        ['a', 'trylock A -> taken', 'tryrdlock B -> busy', 'wait for C, unlock A'],
        ['b', 'lock A', 'signal C', 'unlock A'],
        ['a', 'relock A'],
        ['b', 'unlock A'],
      ]),
    ).toEqual(['a A, b -', 'a A, b -', 'a, b -', 'a ?A, b A', 'a ?A, b A', 'a, b', 'a A, b', 'a, b']);
  });

  test('what is waited for at the end need not be a lock', () => {
    expect(told([['a', 'lock A']], [{ task: 'a', wants: 'a signal of C', heldBy: [] }])).toEqual([
      'a A ?a signal of C',
      'a A ?a signal of C',
    ]);
    expect(told([])).toEqual([]);
  });
});
