/**
 * Every deadlock of the corpus at the level of locks: the validator names it in a run in which nothing waits, exploration runs into
 * it, and of the repaired steps neither has anything to say.
 */
import type { Report } from '@lockdep/core';
import { type ExploreResult, explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { bugs, type CorpusBug, fixes, rejected } from './corpus.ts';
import { atLockLevel } from './corpus-coverage.ts';
import {
  classOf,
  explorable,
  type LockProgram,
  lockProgram,
  parseProgram,
  validate,
  withWriter,
} from './lock-program.ts';

const withoutAwait = (object: string): string => object.replace(/^await /, '');

/** Every state once: few, where tasks do nothing but lock. */
function search(program: LockProgram): ExploreResult {
  return explore(explorable(program), {
    strategy: 'cache',
    validator: null,
    minimise: 0,
    failures: 1_000,
    budget: { executions: 200_000, ms: 60_000 },
  });
}

function proveClean(program: LockProgram): void {
  const result = search(program);
  expect(result.failures.map(({ message }) => message)).toEqual([]);
  expect([result.verdict, result.exhausted]).toEqual(['ok', true]);
}

/** The locks of each deadlock that exploration finds. */
function deadlocks(program: LockProgram): string[][] {
  const { verdict, failures } = search(program);
  expect(verdict).toBe('deadlock');
  return failures.map(({ waits }) => [...new Set(waits.map(({ object }) => object))]);
}

/** The classes that reports of orders and recursion name. */
function classesIn(reports: readonly Report[]): Set<string> {
  const names = reports.flatMap((report) => {
    if (report.kind === 'recursive') return [report.want.class.name, report.holding.class.name];
    return report.kind === 'circular' ? report.cycle.map(({ from }) => from.name) : [];
  });
  return new Set(names.map((name) => name.replace(/[#/].*$/, '')));
}

/** How sure the reports of orders are. */
function verdicts(program: LockProgram): string[] {
  return validate(program).reports.flatMap((report) => (report.kind === 'circular' ? [report.verdict.kind] : []));
}

describe.each(bugs.filter(atLockLevel).map((bug) => [bug.id, bug.title, bug] as const))('%s %s', (id, _, bug) => {
  const program = lockProgram(bug.interleaving);
  const { steps, writer, ordered } = fixes[id]!;
  const repaired = parseProgram(steps);
  const { instance, class: classes } = bug.cycle!;

  test('is reported before it happens', () => {
    const { reports } = validate(program, ordered);
    const named = classesIn(reports);
    for (const name of classes ?? instance!.map((object) => classOf(withoutAwait(object)))) {
      expect(named).toContain(name);
    }
  });

  const whole = writer === undefined ? program : withWriter(program, writer);
  if (instance === undefined) {
    test('deadlocks in classes alone: no interleaving of these instances does', () => proveClean(program));
  } else {
    test('exploration runs into it, with the locks of its circle', () => {
      const found = deadlocks(whole);
      const circle = instance.map(withoutAwait);
      expect(
        found.some((locks) => circle.every((lock) => locks.includes(lock))),
        JSON.stringify(found),
      ).toBe(true);
    });
  }

  if (writer !== undefined) {
    test(`takes a writer of ${writer}: readers alone do not deadlock, and the report says so`, () => {
      proveClean(program);
      expect(verdicts(program)).toEqual(['readers-only']);
      expect(verdicts(whole)).toEqual(['possible']);
    });
  }

  test('repaired: the validator is silent, exploration exhausted and clean', () => {
    expect(validate(repaired, ordered).reports.map(({ message }) => message)).toEqual([]);
    proveClean(writer === undefined ? repaired : withWriter(repaired, writer));
    // The repaired program is one of the same tasks, about the same locks.
    const tasks = bug.interleaving.map(({ task }) => task);
    for (const { task } of repaired) expect(tasks).toContain(task);
    const locks = new Set(repaired.map(({ object }) => classOf(object)));
    const circle = classes ?? instance!.map((object) => classOf(withoutAwait(object)));
    expect(circle.some((name) => locks.has(name))).toBe(true);
  });
});

/** Races and long waits whose steps lock something in two tasks: no order of locks is wrong in them, so nothing may be reported. */
const isControl = ({ kind, cycle, interleaving }: CorpusBug): boolean => {
  if (cycle !== undefined || !/^race-|^hang$|^nowait-/.test(kind)) return false;
  const lockers = new Set(interleaving.filter(({ op }) => op === 'lock').map(({ task }) => task));
  return lockers.size > 1 && interleaving.every(({ op, object }) => op !== 'unlock' || object !== '');
};
const controls = bugs.filter(isControl);

test('there are controls', () => expect(controls.length).toBeGreaterThan(5));

describe.each(controls.map((bug) => [bug.id, bug.title, bug] as const))('%s %s', (_, __, { interleaving }) => {
  test('is no matter of lock order: the validator is silent, no interleaving deadlocks', () => {
    const program = lockProgram(interleaving);
    expect(validate(program).reports).toEqual([]);
    proveClean(program);
  });
});

test('PC-096: with the freezer behind the door that it shut, its steps are gated, and cannot deadlock', () => {
  const program = lockProgram(bugs.find(({ id }) => id === 'PC-096')!.interleaving);
  expect(verdicts(program)).toEqual(['gated']);
  proveClean(program);
});

describe.each(Object.entries(rejected))('%s repaired wrongly', (_, { how, steps, writer, circle }) => {
  const program = parseProgram(steps);
  test(how, () => {
    expect([...classesIn(validate(program).reports)].sort()).toEqual([...circle].sort());
    const found = deadlocks(writer === undefined ? program : withWriter(program, writer));
    const classes = found.map((locks) => [...new Set(locks.map(classOf))].sort());
    expect(classes).toContainEqual([...circle].sort());
  });
});
