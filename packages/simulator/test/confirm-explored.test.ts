/** Explorations whose reports say what became of them, and the plain data that they say it with. */
import { type CircularReport, Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';
import {
  confirmAll,
  confirmExplored,
  confirmExploredAsync,
  explore,
  exploreAsync,
  replay,
  type SimMutex,
  type Simulation,
  verdictOf,
} from '../src/index.ts';

const take = (...locks: readonly SimMutex[]) =>
  function* () {
    for (const lock of locks) yield* lock.acquire();
    for (const lock of locks.toReversed()) yield* lock.release();
  };

function abba(sim: Simulation): void {
  const [a, b] = [sim.mutex('A'), sim.mutex('B')];
  sim.task('one', take(a, b));
  sim.task('two', take(b, a));
}

/** The same under a gate. */
function gated(sim: Simulation): void {
  const [gate, a, b] = [sim.mutex('G'), sim.mutex('A'), sim.mutex('B')];
  sim.task('one', take(gate, a, b));
  sim.task('two', take(gate, b, a));
}

/** One execution, in which nothing deadlocks. */
const ONE = { strategy: 'context-bound', bound: 0, budget: { executions: 1 } } as const;

const only = (reports: readonly unknown[]): CircularReport => {
  expect(reports).toHaveLength(1);
  return reports[0] as CircularReport;
};

describe('confirming what was explored', () => {
  test('a deadlock that the executions had missed is among the failures, and the report says so', () => {
    const validator = new Validator();
    const heard: string[] = [];
    const result = explore(abba, { ...ONE, validator });
    expect([result.verdict, result.exhausted, only(result.reports).verdict.kind]).toEqual(['ok', false, 'possible']);
    validator.subscribe(({ level }) => heard.push(level));
    const confirmed = confirmExplored(abba, result, { validator });
    expect([confirmed.verdict, confirmed.deadlocks, confirmed.failures.length]).toEqual(['deadlock', 1, 1]);
    const report = only(confirmed.reports);
    expect([report.level, report.verdict.kind]).toEqual(['error', 'confirmed']);
    expect(heard).toEqual(['error']);
    const { schedule, literal } = confirmed.failures[0]!;
    expect(report.verdict.schedule!.literal).toBe(literal);
    expect(replay(abba, schedule)).toMatchObject({ verdict: 'deadlock', divergence: null });
    expect(only(validator.reports)).toBe(report);
  });

  test('one that they had found is not told twice', () => {
    const result = explore(abba);
    expect(result.failures.map(({ kind }) => kind)).toEqual(['deadlock']);
    const { failures, deadlocks, confirmations } = confirmExplored(abba, result);
    expect(failures).toEqual(result.failures);
    expect(deadlocks).toBe(result.deadlocks);
    expect(confirmations.map(({ verdict }) => verdict)).toEqual(['confirmed']);
  });

  test('a circle that a gate keeps open is refuted, and no failure', () => {
    const { verdict, failures, reports } = confirmExplored(gated, explore(gated));
    expect([verdict, failures.length]).toEqual(['ok', 0]);
    const report = only(reports);
    expect([report.level, report.verdict.kind]).toEqual(['note', 'refuted']);
    expect(report.verdict.reason).toContain('while holding G, which keeps them apart');
  });

  test('an exhaustive exploration refutes by itself; one that was cut short does not', () => {
    const nothing = { means: [], runs: 1 } as const;
    const all = confirmExplored(gated, explore(gated), nothing);
    expect(only(all.reports).verdict).toEqual({
      kind: 'refuted',
      reason: 'the exploration has been through all there is, 2 executions, and none deadlocks',
    });
    expect(all.confirmations[0]).toMatchObject({ verdict: 'refuted', by: 'search' });
    const some = confirmExplored(abba, explore(abba, ONE), nothing);
    expect(only(some.reports)).toMatchObject({ level: 'warning', verdict: { kind: 'unconfirmed' } });
    expect(some.verdict).toBe('ok');
    // Deadlocks among the executions are no proof that there are none.
    const met = confirmExplored(abba, explore(abba), nothing);
    expect(only(met.reports).verdict.kind).toBe('unconfirmed');
  });

  test('where nobody listened to the exploration, runs of the program show what there is to confirm', () => {
    const result = explore(abba, { ...ONE, validator: null });
    expect(result.reports).toEqual([]);
    const { reports, verdict } = confirmExplored(abba, result);
    expect([verdict, only(reports).verdict.kind]).toEqual(['deadlock', 'confirmed']);
  });

  test('async tasks too', async () => {
    const program = (sim: Simulation): void => {
      const [a, b] = [sim.mutex('A'), sim.mutex('B')];
      const nest = (outer: SimMutex, inner: SimMutex) => async () => {
        await outer.acquire();
        await inner.acquire();
        await inner.release();
        await outer.release();
      };
      sim.task('one', nest(a, b));
      sim.task('two', nest(b, a));
    };
    const { verdict, reports } = await confirmExploredAsync(program, await exploreAsync(program, ONE));
    expect([verdict, only(reports).verdict.kind]).toEqual(['deadlock', 'confirmed']);
  });
});

describe('the verdict of a confirmation', () => {
  test('has every step with its place, who waits for whom, and is plain data', () => {
    const [confirmation] = confirmAll(abba);
    const { failure } = confirmation!;
    const { kind, schedule } = verdictOf(confirmation!);
    expect(kind).toBe('confirmed');
    expect(schedule!.steps.map(({ task, text }) => `${task}: ${text}`)).toEqual(
      failure!.schedule.flatMap(([task, ...labels]) => labels.map((label) => `${task}: ${label}`)),
    );
    for (const { site } of schedule!.steps) {
      expect(site!.frames[0]!.file).toBe(import.meta.filename);
      expect(site!.frames[0]!.line).toBeGreaterThan(0);
    }
    expect(schedule!.waits.toSorted((a, b) => (a.task < b.task ? -1 : 1))).toEqual([
      { task: 'one', wants: 'lock B', heldBy: ['two'] },
      { task: 'two', wants: 'lock A', heldBy: ['one'] },
    ]);
    expect(schedule!.preemptions).toBe(failure!.minPreemptions);
    expect(JSON.parse(JSON.stringify(schedule))).toEqual(schedule);
  });

  test('of an undecided one, how close the attempts came', () => {
    const [confirmation] = confirmAll(gated, { means: ['steering'] });
    expect(confirmation!.verdict).toBe('unconfirmed');
    const base = { ...confirmation!, verdict: 'unconfirmed' } as const;
    const paused = ["one at 'lock B' holding A"];
    expect(verdictOf({ ...base, closest: { paused, released: 'two had ended' } }).closest).toBe(
      "one at 'lock B' holding A, but two had ended",
    );
    expect(verdictOf({ ...base, closest: { paused: [], released: null } }).closest).toBe('no task got to its request');
  });
});
