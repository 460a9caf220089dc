/** Failures of every kind that is not a plain deadlock: found, minimised, drawn, replayed. */
import { describe, expect, test } from 'vitest';
import {
  explore,
  type FailureKind,
  type ProgramFunction,
  replay,
  type Sim,
  type SimMutex,
  type Simulation,
} from '../src/index.ts';

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
