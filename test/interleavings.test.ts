/**
 * Prediction against reality: every program that can deadlock in some interleaving is reported from runs of its tasks one by
 * one, which never deadlock.
 */
import { describe, expect, test } from 'vitest';
import { explore, runAlone } from './reference/explore-locks.ts';
import { compareWithInterleavings } from './reference/interleaving-campaign.ts';
import type { TaskOp, TaskPrograms } from './reference/lock-tasks.ts';
import { validateTasks } from './reference/validate-tasks.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1);

test('2,000 random programs of two or three tasks: no deadlock is missed, none is played down', () => {
  const { missed, playedDown, deadlocks, clean, alarms, reasons } = compareWithInterleavings(SEED, 2_000, 40);
  console.log(
    `${deadlocks} can deadlock, ${clean} cannot; reported although they cannot:`,
    alarms,
    'because of:',
    reasons,
  );
  expect(missed).toEqual([]);
  expect(playedDown).toEqual([]);
  expect(deadlocks).toBeGreaterThan(300);
  expect(clean).toBeGreaterThan(300);
});

/** `W(A) r(B) -B -A`, one text a task. */
function tasks(...texts: readonly string[]): TaskPrograms {
  const parsed = texts.map((text) => text.split(' ').map(opOf));
  const names = new Set(parsed.flat().map(({ lock }) => lock));
  return { locks: Object.fromEntries([...names].map((name) => [name, name])), tasks: parsed };
}

function opOf(text: string): TaskOp {
  if (text.startsWith('-')) return { op: 'drop', lock: text.slice(1) };
  const [, attempt, letter, lock] = /^(try)?([WrRd])\((\w+)\)$/.exec(text)!;
  if (letter === 'd') return { op: 'downgrade', lock: lock! };
  const mode = letter === 'W' ? 'write' : letter === 'r' ? 'read' : 'recursive-read';
  return { op: 'take', lock: lock!, mode, trylock: attempt !== undefined };
}

const canDeadlock = (...texts: readonly string[]): boolean => explore(tasks(...texts)).deadlock !== null;

describe('the exploration itself', () => {
  test('AB-BA deadlocks, AB-AB does not', () => {
    expect(canDeadlock('W(A) W(B) -B -A', 'W(B) W(A) -A -B')).toBe(true);
    expect(canDeadlock('W(A) W(B) -B -A', 'W(A) W(B) -B -A')).toBe(false);
  });

  test('a trylock never waits', () => {
    expect(canDeadlock('W(A) tryW(B) -B -A', 'W(B) W(A) -A -B')).toBe(false);
    expect(canDeadlock('tryW(A) W(B) -B -A', 'W(B) W(A) -A -B')).toBe(true);
  });

  test('readers wait for each other only over a writer in the queue', () => {
    const readers = ['r(A) r(B) -B -A', 'r(B) r(A) -A -B'] as const;
    expect(canDeadlock(...readers)).toBe(false);
    expect(canDeadlock(...readers, 'W(A) -A')).toBe(false);
    expect(canDeadlock(...readers, 'W(A) -A', 'W(B) -B')).toBe(true);
  });

  test('recursive readers pass waiting writers, fair ones do not', () => {
    expect(canDeadlock('r(A) r(A) -A -A', 'W(A) -A')).toBe(true);
    expect(canDeadlock('r(A) R(A) -A -A', 'W(A) -A')).toBe(false);
    expect(canDeadlock('R(A) r(A) -A -A', 'W(A) -A')).toBe(true);
  });

  test('a downgraded writer lets readers in', () => {
    expect(canDeadlock('W(A) W(B) -B -A', 'R(B) R(A) -A -B')).toBe(true);
    expect(canDeadlock('W(A) d(A) W(B) -B -A', 'R(B) R(A) -A -B')).toBe(false);
  });

  test('a task alone stops where it blocks itself', () => {
    const [ops] = tasks('W(A) r(A) -A -A').tasks;
    expect(runAlone(ops!).map(({ op }) => op)).toEqual(['take', 'take']);
    expect(runAlone(tasks('r(A) r(A) -A -A').tasks[0]!)).toHaveLength(4);
  });

  test('a gate keeps the tasks apart: reported, as gated', () => {
    const gated = tasks('W(G) W(A) W(B) -B -A -G', 'W(G) W(B) W(A) -A -B -G');
    expect(explore(gated).deadlock).toBeNull();
    expect(validateTasks(gated)).toMatchObject([{ kind: 'circular', verdict: { kind: 'gated' }, level: 'note' }]);
  });
});

describe('three tasks, and readers in the circle', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['three writers', ['W(A) W(B) -B -A', 'W(B) W(C) -C -B', 'W(C) W(A) -A -C']],
    ['an edge past a recursive reader', ['W(L) R(A) W(B) -B -A -L', 'W(B) W(L) -L -B', 'W(A) -A']],
    [
      'a class first met over a weak edge',
      ['W(A) R(X) -X -A', 'W(A) W(Y) -Y -A', 'W(Y) W(X) -X -Y', 'R(X) W(Z) -Z -X', 'W(Z) W(A) -A -Z'],
    ],
  ];
  for (const [title, texts] of cases) {
    test(title, () => {
      const program = tasks(...texts);
      expect(explore(program).deadlock).not.toBeNull();
      expect(
        validateTasks(program).some((report) => report.kind === 'circular' && report.verdict.kind === 'possible'),
      ).toBe(true);
    });
  }
});
