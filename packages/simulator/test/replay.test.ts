/** A failure's literal, pasted into a test: replayed, and told where a changed program parts from it. */
import { describe, expect, test } from 'vitest';
import { explore, type ProgramFunction, replay } from '../src/index.ts';

/** The race of the hole-punch series: read against punch without a lock that covers both. */
const holePunch =
  (fixed: boolean): ProgramFunction =>
  (sim) => {
    const invalidate = sim.rwLock('invalidate_lock');
    const page = sim.mutex('PG');
    const uptodate = sim.variable('pageUp', 1);
    const data = sim.variable('page', 1);
    const map = sim.variable('map', 1);
    const disk = sim.variable('disk', 1);
    sim.task('fallocate(FALLOC_FL_PUNCH_HOLE)', function* () {
      if (fixed) yield* invalidate.acquire();
      yield* page.acquire();
      yield* uptodate.write(0);
      yield* page.release();
      yield* map.write(0);
      if (fixed) yield* invalidate.release();
    });
    sim.task('read()', function* () {
      if (fixed) yield* invalidate.acquireRead();
      yield* page.acquire();
      if ((yield* uptodate.read()) === 0) {
        if ((yield* map.read()) === 1) yield* data.write(yield* disk.read());
        else yield* data.write(0);
        yield* uptodate.write(1);
      }
      yield* page.release();
      if (fixed) yield* invalidate.releaseRead();
    });
    sim.final(
      () =>
        uptodate.value === 0 || map.value === 1 || data.value === 0 || 'page is uptodate with stale data over a hole',
    );
  };

describe('a race', () => {
  const result = explore(holePunch(false), { validator: null });
  const [failure] = result.failures;

  test('is drawn as in the commit message of the series', () => {
    expect(result).toMatchObject({ verdict: 'fail', executions: 3, failing: 1, exhausted: true });
    expect(failure!.diagram).toBe(
      [
        'fallocate(FALLOC_FL_PUNCH_HOLE)\t\tread()',
        '  lock PG',
        '  pageUp = 0',
        '  unlock PG',
        '\t\t\t\t\t  lock PG',
        '\t\t\t\t\t  read pageUp -> 0',
        '\t\t\t\t\t  read map -> 1',
        '\t\t\t\t\t  read disk -> 1',
        '\t\t\t\t\t  page = 1',
        '\t\t\t\t\t  pageUp = 1',
        '\t\t\t\t\t  unlock PG',
        '  map = 0',
        '=> page is uptodate with stale data over a hole',
      ].join('\n'),
    );
  });

  test('is gone with the lock, for certain', () => {
    const fixed = explore(holePunch(true), { validator: null });
    expect(fixed).toMatchObject({ verdict: 'ok', executions: 2, exhausted: true, failures: [] });
    expect(fixed.estimate.statement).toBe('exhausted: 2 traces, all there are');
  });

  test('its literal is source text that replays it', () => {
    const schedule = new Function(`return ${failure!.literal}`)();
    expect(schedule).toEqual(failure!.schedule);
    const again = replay(holePunch(false), schedule, { validator: null });
    expect(again.divergence).toBeNull();
    expect(again.failures[0]).toMatchObject({ message: failure!.message, diagram: failure!.diagram });
  });

  test('replayed against the fixed program it says where that parts from the schedule', () => {
    const again = replay(holePunch(true), failure!.schedule, { validator: null });
    expect(again.divergence).toEqual({
      step: 1,
      recorded: 'fallocate(FALLOC_FL_PUNCH_HOLE): lock PG',
      now: 'fallocate(FALLOC_FL_PUNCH_HOLE): lock invalidate_lock',
      message:
        "diverged at step 1: recorded 'fallocate(FALLOC_FL_PUNCH_HOLE): lock PG', now 'fallocate(FALLOC_FL_PUNCH_HOLE): lock invalidate_lock'",
    });
  });
});

describe('replay tells how a program has changed', () => {
  const program =
    (change: 'none' | 'value' | 'blocked' | 'longer'): ProgramFunction =>
    (sim) => {
      const [a, x] = [sim.mutex('A'), sim.variable('x', change === 'value' ? 5 : 0)];
      sim.task('t1', function* () {
        yield* a.acquire();
        yield* x.write((yield* x.read()) + 1);
        if (change !== 'blocked') yield* a.release();
        if (change === 'longer') yield* x.write(9);
      });
      sim.task('t2', function* () {
        yield* a.acquire();
        yield* a.release();
      });
    };
  const schedule = [
    ['t1', 'lock A', 'read x -> 0', 'x = 1', 'unlock A'],
    ['t2', 'lock A', 'unlock A'],
  ] as const;

  test('not at all', () => expect(replay(program('none'), schedule).divergence).toBeNull());

  test('a value', () => {
    expect(replay(program('value'), schedule).divergence?.message).toBe(
      "diverged at step 2: recorded 't1: read x -> 0', now 't1: read x -> 5'",
    );
  });

  test('a step that is gone', () => {
    expect(replay(program('blocked'), schedule).divergence).toMatchObject({ step: 4, now: 't1 has ended' });
  });

  test('a task that cannot move', () => {
    const other = [
      ['t1', 'lock A'],
      ['t2', 'lock A'],
    ] as const;
    expect(replay(program('none'), other).divergence).toMatchObject({ step: 2, now: 't2 waits for A held by t1' });
  });

  test('a task that is not there', () => {
    expect(replay(program('none'), [['t9', 'lock A']]).divergence).toMatchObject({ now: "there is no task 't9'" });
  });

  test('steps beyond the schedule run to the end', () => {
    const longer = replay(program('longer'), schedule.slice(0, 1));
    expect(longer).toMatchObject({ divergence: null, executions: 1, verdict: 'ok' });
  });
});
