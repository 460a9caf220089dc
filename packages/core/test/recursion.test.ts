/** LD1: a class is taken while it is held, and nothing makes that legal. */
import { describe, expect, test } from 'vitest';
import { kindsOf, Scene } from './scene.ts';

describe('LD1 recursive: the matrix', () => {
  const legal = new Set(['r then R', 'R then R']);
  for (const held of ['W', 'r', 'R']) {
    for (const want of ['W', 'r', 'R']) {
      const expected = legal.has(`${held} then ${want}`) ? [] : ['recursive'];
      test(`${held} then ${want}: ${expected.length === 0 ? 'legal' : 'reported'}`, () => {
        expect(kindsOf(`${held}(A1) ${want}(A2)`)).toEqual(expected);
        expect(kindsOf(`${held}(A) ${want}(A)`)).toEqual(expected);
        expect(kindsOf(`${held}(A1) ${want}(A2)`, { mode: 'kernel' })).toEqual(expected);
      });
    }
  }

  test('under another lock, and with others in between, it is the same', () => {
    expect(kindsOf('W(G) W(A1) W(B) W(A2)')[0]).toBe('recursive');
    expect(kindsOf('W(G) R(A1) W(B) R(A2)')).toEqual([]);
  });
});

describe('LD1 recursive: the report', () => {
  test('names both locks, the modes, and whether it is the very same lock', () => {
    const scene = new Scene();
    scene.run('W(G) r(A1) W(A2)', 'reader');
    expect(scene.reports('recursive')).toMatchObject([
      {
        rule: 'LD1',
        level: 'error',
        task: 'reader',
        sameLock: false,
        want: { lock: 'A2', class: { name: 'A' }, mode: 'write', trylock: false },
        holding: { lock: 'A1', class: { name: 'A' }, mode: 'read' },
        held: [{ lock: 'G' }, { lock: 'A1' }],
        count: 1,
      },
    ]);
  });

  test('the same lock is a report of its own beside another of its class', () => {
    const scene = new Scene();
    expect(scene.run('W(A1) W(A2) -A2 -A1 W(A1) W(A1)')).toEqual(['recursive', 'recursive']);
    expect(scene.reports('recursive').map(({ sameLock }) => sameLock)).toEqual([false, true]);
  });

  test('recurring is counted, in other instances too', () => {
    const scene = new Scene();
    scene.run('W(A1) W(A2) -A2 -A1 W(A2) W(A1) -A1 -A2 W(A1) W(A2) -A2 -A1');
    expect(scene.reports('recursive').map(({ count }) => count)).toEqual([3]);
  });

  test('among readers of a class that nobody writes it is a note, until somebody does', () => {
    const scene = new Scene();
    scene.run('r(A1) r(A2) -A2 -A1');
    expect(scene.reports('recursive')).toMatchObject([{ level: 'note' }]);
    scene.run('W(A1) -A1');
    expect(scene.reports('recursive')).toMatchObject([{ level: 'error' }]);
  });

  test('the comparison’s answer is part of it', () => {
    const scene = new Scene().class('A', { compare: (held, want) => held.label.localeCompare(want.label) });
    expect(scene.run('W(A1) W(A2) W(A3) -A3 -A2 -A1')).toEqual([]);
    scene.run('W(A3) W(A1)');
    expect(scene.reports('recursive')).toMatchObject([{ compared: 1, sameLock: false }]);
  });
});

describe('LD6 nest-not-held', () => {
  test('a nest lock must be held, by whatever mode, by this task', () => {
    const scene = new Scene();
    scene.run('W(N)', 'other');
    expect(scene.run('W(A1<N)')).toEqual(['nest-not-held']);
    expect(scene.reports('nest-not-held')).toMatchObject([
      { rule: 'LD6', nest: 'N', nestClass: 'N', want: { lock: 'A1' } },
    ]);
    expect(kindsOf('R(N) W(A1) W(B) W(A2<N)')).toEqual([]);
  });

  test('two of the class stay legal one after the other, in any order, under the nest lock', () => {
    expect(kindsOf('W(N) W(A1<N) W(A2<N) -A1 -A2 W(A2<N) W(A1<N) -A1 -A2 -N')).toEqual([]);
    expect(kindsOf('W(N) W(A1<N) W(B<N) W(A2<N) -B -A1 -A2 -N')).toEqual([]);
  });
});
