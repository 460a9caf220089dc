/** Failures as people meet them: found, minimised, drawn, pasted into a test, replayed. */
import { describe, expect, test } from 'vitest';
import {
  explore,
  type FailureKind,
  type ProgramFunction,
  replay,
  type Sim,
  type SimMutex,
  type Simulation,
  simulate,
} from '../src/index.ts';

const abba: ProgramFunction = (sim) => {
  const [a, b] = [sim.mutex('A'), sim.mutex('B')];
  sim.task('t1', function* () {
    yield* a.acquire();
    yield* b.acquire();
    yield* b.release();
    yield* a.release();
  });
  sim.task('t2', function* () {
    yield* b.acquire();
    yield* a.acquire();
    yield* a.release();
    yield* b.release();
  });
};

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

describe('a deadlock', () => {
  const result = explore(abba);
  const [failure] = result.failures;

  test('comes with its circle of waits', () => {
    expect(result).toMatchObject({ verdict: 'deadlock', executions: 3, deadlocks: 1, failing: 0, exhausted: true });
    expect(failure).toMatchObject({
      kind: 'deadlock',
      minPreemptions: 1,
      minimal: true,
      steps: 2,
      tasks: ['t1', 't2'],
    });
    expect(failure!.waits).toEqual([
      { task: 't1', wants: 'lock B', object: 'B', owned: true, heldBy: ['t2'] },
      { task: 't2', wants: 'lock A', object: 'A', owned: true, heldBy: ['t1'] },
    ]);
    expect(failure!.message).toBe("t1 waits at 'lock B' (held by t2); t2 waits at 'lock A' (held by t1)");
  });

  test('is drawn as kernel developers draw it', () => {
    expect(failure!.diagram).toBe(
      [
        't1\t\t\t\t\tt2',
        '  lock A',
        '\t\t\t\t\t  lock B',
        '\t\t\t\t\t    <waits for A held by t1>',
        '  blocked: wants B (held by t2)',
        '\t\t\t\t\t  blocked: wants A (held by t1)',
        '=> deadlock',
      ].join('\n'),
    );
  });

  test('has been reported by the validator, from the executions that end well', () => {
    expect(result.reports.map(({ kind }) => kind)).toEqual(['circular']);
  });

  test('names the lines of the program', () => {
    expect(failure!.sites).toHaveLength(2);
    for (const site of failure!.sites) expect(site).toMatch(/failures\.test\.ts:\d+:\d+/);
  });

  test('of a task with itself', () => {
    const self = explore((sim) => {
      const a = sim.mutex('A');
      sim.task('t', function* () {
        yield* a.acquire();
        yield* a.acquire();
      });
    });
    expect(self.failures[0]!.message).toBe("t waits at 'lock A' (held by t)");
    expect(self.reports.map(({ kind }) => kind)).toEqual(['recursive']);
  });

  test('for a signal that never comes has no circle, and says what is waited for', () => {
    const lost = explore((sim) => {
      const [m, c] = [sim.mutex('m'), sim.condition('c')];
      sim.task('waiter', function* () {
        yield* m.acquire();
        yield* c.wait(m);
        yield* m.release();
      });
      sim.task('waker', function* () {
        yield* c.signal();
      });
    });
    expect(lost).toMatchObject({ verdict: 'deadlock', executions: 2, deadlocks: 1 });
    expect(lost.failures[0]).toMatchObject({ minPreemptions: 0, minimal: true });
    expect(lost.failures[0]!.diagram).toBe(
      ['waker\t\t\t\t\twaiter', '  signal c', '\t\t\t\t\t  lock m', '\t\t\t\t\t  wait for c, unlock m']
        .concat(['\t\t\t\t\t    <waits for a signal of c>', '\t\t\t\t\t  blocked: wants a signal of c', '=> deadlock'])
        .join('\n'),
    );
  });
});

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

describe('other failures', () => {
  test('an assertion does not end the execution, and each message is a failure of its own', () => {
    const result = explore((sim) => {
      const x = sim.variable('x', 0);
      for (const name of ['a', 'b']) {
        sim.task(name, function* () {
          const value = yield* x.read();
          yield* x.write(value + 1);
          sim.assert(value === 0, 'first');
        });
      }
    });
    expect(result).toMatchObject({ verdict: 'fail', executions: 4, failing: 2 });
    expect(result.failures.map(({ message, occurrences }) => [message, occurrences])).toEqual([
      ['b: first', 1],
      ['a: first', 1],
    ]);
  });

  test('an exception ends its task, with its stack', () => {
    const result = explore((sim) => {
      sim.task('t', function* () {
        yield* sim.yield();
        throw new Error('boom');
      });
    });
    expect(result.failures[0]).toMatchObject({ kind: 'exception', message: 't: boom' });
    expect(result.failures[0]!.stack).toContain('failures.test.ts');
  });

  test('an oracle: an invariant asked after every step, and a note', () => {
    const result = explore((sim) => {
      const [x, y] = [sim.variable('x', 0), sim.variable('y', 0)];
      sim.invariant('x and y move together', () => Math.abs(x.value - y.value) <= 1);
      sim.task('t', function* () {
        yield* x.write(1);
        yield* x.write(2);
        yield* y.write(2);
        sim.fail('as noted by the page-cache oracle');
      });
    });
    expect(result.failures.map(({ kind, message, steps }) => [kind, message, steps])).toEqual([
      ['oracle', "t: invariant 'x and y move together' does not hold", 2],
      ['oracle', 't: as noted by the page-cache oracle', 3],
    ]);
  });

  test('a leaked lock', () => {
    const program: ProgramFunction = (sim) => {
      const [a, stop] = [sim.mutex('A'), sim.variable('stop', 0)];
      sim.task('careless', function* () {
        yield* a.acquire();
        if ((yield* stop.read()) === 1) return;
        yield* a.release();
      });
      sim.task('stopper', function* () {
        yield* stop.write(1);
      });
    };
    const result = explore(program);
    expect(result).toMatchObject({ verdict: 'fail', executions: 2, failing: 1 });
    expect(result.failures[0]).toMatchObject({
      kind: 'leaked-lock',
      message: 'careless has ended holding mutex A',
      minPreemptions: 0,
    });
    expect(explore(program, { leaks: false }).verdict).toBe('ok');
  });

  test('a livelock: two tasks that back off in step, as a lasso', () => {
    const result = explore(
      (sim) => {
        const locks = [sim.mutex('A'), sim.mutex('B')] as const;
        for (const [name, own, other] of [
          ['t1', ...locks],
          ['t2', locks[1], locks[0]],
        ] as const) {
          sim.task(name, function* () {
            for (;;) {
              yield* own.acquire();
              if (yield* other.tryAcquire()) break;
              yield* own.release();
            }
            yield* other.release();
            yield* own.release();
          });
        }
      },
      { budget: { executions: 100 } },
    );
    const livelock = result.failures.find(({ kind }) => kind === 'livelock');
    expect(livelock?.message).toBe('t1, t2 repeat 6 steps for ever');
    expect(livelock?.loop).toEqual([
      ['t1', 'lock A'],
      ['t2', 'lock B'],
      ['t1', 'trylock B -> busy'],
      ['t2', 'trylock A -> busy'],
      ['t1', 'unlock A'],
      ['t2', 'unlock B'],
    ]);
  });

  test('a task that spins for something that never happens', () => {
    const result = explore(
      (sim) => {
        const x = sim.variable('x', 0);
        sim.task('spinner', function* () {
          while ((yield* x.read()) === 0) yield* sim.yield();
        });
      },
      { budget: { steps: 300 } },
    );
    expect(result).toMatchObject({ verdict: 'fail', executions: 0, stepBounded: 1, exhausted: false });
    expect(result.failures[0]).toMatchObject({ kind: 'livelock', message: 'spinner repeat 2 steps for ever' });
  });

  test('a long run that ends is no livelock, and no pass either when the bound cuts it', () => {
    const program: ProgramFunction = (sim) => {
      const x = sim.variable('x', 0);
      sim.task('counter', function* () {
        for (let i = 0; i < 400; i++) yield* x.write(i);
      });
    };
    expect(explore(program, { budget: { steps: 100 } })).toMatchObject({
      verdict: 'ok',
      stepBounded: 1,
      exhausted: false,
      failures: [],
    });
    expect(explore(program)).toMatchObject({ verdict: 'ok', executions: 1, exhausted: true });
  });
});

describe('a failure of every kind is minimised, drawn and replayed', () => {
  /** Two locks, one taken by each task; a task nobody needs for the failure does a few steps in between. */
  const among =
    (one: (sim: Simulation, locks: readonly SimMutex[]) => () => Sim, two: typeof one): ProgramFunction =>
    (sim) => {
      const [locks, noise] = [[sim.mutex('A'), sim.mutex('B')], sim.variable('noise', 0)];
      sim.task('bystander', function* () {
        for (let i = 0; i < 3; i++) yield* noise.write(i);
      });
      sim.task('one', one(sim, locks));
      sim.task('two', two(sim, locks));
    };
  const both =
    (first: 0 | 1, inside: (sim: Simulation) => void = () => {}) =>
    (sim: Simulation, locks: readonly SimMutex[]) =>
      function* (): Sim {
        yield* locks[first]!.acquire();
        yield* locks[1 - first]!.acquire();
        inside(sim);
        yield* locks[1 - first]!.release();
        yield* locks[first]!.release();
      };
  const backOff = (own: 0 | 1) => (_sim: Simulation, locks: readonly SimMutex[]) =>
    function* (): Sim {
      for (;;) {
        yield* locks[own]!.acquire();
        if (yield* locks[1 - own]!.tryAcquire()) break;
        yield* locks[own]!.release();
      }
      yield* locks[1 - own]!.release();
      yield* locks[own]!.release();
    };
  const onlyWhenSecond = (then: (sim: Simulation) => Sim) => (sim: Simulation, locks: readonly SimMutex[]) =>
    function* (): Sim {
      const isSecond = !(yield* locks[0]!.tryAcquire());
      if (isSecond) yield* then(sim);
      else yield* locks[0]!.release();
    };
  const holdA = (_sim: Simulation, locks: readonly SimMutex[]) =>
    function* (): Sim {
      yield* locks[0]!.acquire();
      yield* locks[0]!.release();
    };

  const cases: readonly (readonly [kind: FailureKind, preemptions: number, end: string, program: ProgramFunction])[] = [
    ['deadlock', 1, '=> deadlock', among(both(0), both(1))],
    [
      'assertion',
      1,
      '=> two: came second',
      among(
        holdA,
        // biome-ignore lint/correctness/useYield: the assertion is all it does.
        onlyWhenSecond(function* (sim) {
          sim.assert(false, 'came second');
        }),
      ),
    ],
    [
      'oracle',
      1,
      '=> two: noted',
      among(
        holdA,
        // biome-ignore lint/correctness/useYield: the note is all it does.
        onlyWhenSecond(function* (sim) {
          sim.fail('noted');
        }),
      ),
    ],
    [
      'exception',
      1,
      '=> two: thrown',
      among(
        holdA,
        // biome-ignore lint/correctness/useYield: it throws.
        onlyWhenSecond(function* () {
          throw new Error('thrown');
        }),
      ),
    ],
    [
      'leaked-lock',
      1,
      '=> two has ended holding mutex C',
      among(
        holdA,
        onlyWhenSecond(function* (sim) {
          yield* sim.mutex('C').acquire();
        }),
      ),
    ],
    ['livelock', 5, '=> one, two repeat 6 steps for ever', among(backOff(0), backOff(1))],
  ];

  test.each(cases)('%s, with %d preemptions', (kind, preemptions, end, program) => {
    const result = explore(program, { validator: null, budget: { executions: 500, steps: 500 } });
    expect(result.failures.map((failure) => failure.kind)).toEqual([kind]);
    const [failure] = result.failures;
    expect(failure!.tasks.toSorted()).toEqual(['one', 'two']);
    expect(failure!.minPreemptions).toBe(preemptions);
    const drawn = failure!.diagram.split('\n');
    expect(drawn[0]).toMatch(/^(one\t{5}two|two\t{5}one)$/);
    expect(drawn.at(-1)).toBe(end);
    expect(drawn.filter((line) => /^\t{5} {2}\S/.test(line)).length).toBeGreaterThan(0);
    const again = replay(program, new Function(`return ${failure!.literal}`)(), { validator: null });
    expect(again.divergence).toBeNull();
    expect(again.failures.map(({ signature }) => signature)).toEqual([failure!.signature]);
  });
});

describe('diagrams', () => {
  test('of three tasks stand in three columns, steps nobody else cares about left out', () => {
    const result = explore((sim) => {
      const locks = ['A', 'B', 'C'].map((name) => sim.mutex(name));
      const own = sim.variable('own', 0);
      for (let i = 0; i < 3; i++) {
        sim.task(`t${i}`, function* () {
          if (i === 0) for (let n = 0; n < 5; n++) yield* own.write(n);
          yield* locks[i]!.acquire();
          yield* locks[(i + 1) % 3]!.acquire();
          yield* locks[(i + 1) % 3]!.release();
          yield* locks[i]!.release();
        });
      }
    });
    const { diagram } = result.failures[0]!;
    expect(diagram.split('\n').slice(0, 4)).toEqual([
      't1\t\t\tt0\t\t\tt2',
      '  lock B',
      '\t\t\t  ...',
      '\t\t\t  lock A',
    ]);
    expect(diagram).toContain('\t\t\t\t\t\t    <waits for A held by');
    for (const line of diagram.split('\n')) expect(columns(line)).toBeLessThanOrEqual(72);
  });

  test('of more than five are a list', () => {
    const result = explore(
      (sim) => {
        const forks = Array.from({ length: 6 }, (_, i) => sim.mutex(`f${i}`));
        for (let i = 0; i < 6; i++) {
          sim.task(`philosopher ${i}`, function* () {
            yield* forks[i]!.acquire();
            yield* forks[(i + 1) % 6]!.acquire();
            yield* forks[(i + 1) % 6]!.release();
            yield* forks[i]!.release();
          });
        }
      },
      { stopOnFailure: true },
    );
    expect(result.failures[0]!.diagram).toMatch(/^philosopher \d {2}lock f\d\n/);
  });

  function columns(line: string): number {
    let column = 0;
    for (const char of line) column = char === '\t' ? (Math.floor(column / 8) + 1) * 8 : column + 1;
    return column;
  }
});

describe('simulate', () => {
  test('runs once, as the seed has it', () => {
    const verdicts = Array.from({ length: 20 }, (_, seed) => simulate(abba, { seed }).verdict);
    expect(new Set(verdicts)).toEqual(new Set(['ok', 'deadlock']));
    expect(Array.from({ length: 20 }, (_, seed) => simulate(abba, { seed }).verdict)).toEqual(verdicts);
  });
});
