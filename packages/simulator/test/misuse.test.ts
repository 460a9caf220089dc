/** Misuse is one error that says what to do. */
import { describe, expect, test } from 'vitest';
import { explore, exploreAsync, type ProgramFunction, Variable } from '../src/index.ts';

describe('misuse is one error that says what to do', () => {
  const failing = (program: ProgramFunction) => () => explore(program);

  test.each<[string, ProgramFunction, string]>([
    [
      'releasing a free lock',
      (sim) => one(sim, sim.mutex('m').release()),
      "t releases mutex 'm', which it does not hold: nobody holds it",
    ],
    ['a task that is no generator', (sim) => void sim.task('t', (() => 5) as never), 'write it as function* () { … }'],
    ['an async task', (sim) => void sim.task('t', async () => {}), 'explore it with exploreAsync()'],
    ['choosing among none', (sim) => one(sim, sim.choose([])), 'one option at least'],
  ])('%s', (_name, program, message) => expect(failing(program)).toThrow(message));

  test('waiting for something foreign', () => {
    expect(
      failing((sim) => {
        sim.task('t', function* () {
          yield* sim.yield();
          yield Promise.resolve() as never;
        });
      }),
    ).toThrow("task 't' waits, after its step 1, for a Promise, which the scheduler does not own");
  });

  test('making a task inside another', () => {
    const result = explore((sim) => {
      sim.task('outer', function* () {
        yield* sim.yield();
        sim.assert(true, '');
      });
    });
    expect(result.verdict).toBe('ok');
    expect(
      failing((sim) => {
        sim.task('outer', function* () {
          yield* sim.yield();
          sim.task('inner', function* () {});
        });
      }),
    ).toThrow("use yield* sim.spawn('inner', …)");
  });

  test('a program that is not the same each time', () => {
    let runs = 0;
    expect(
      failing((sim) => {
        runs++;
        const [a, b, x] = [sim.mutex('a'), sim.mutex('b'), sim.variable('x', 0)];
        const first = runs === 1 ? a : b;
        for (const name of ['t1', 't2']) {
          sim.task(name, function* () {
            if (name === 't1') yield* first.acquire();
            yield* x.write(1);
            if (name === 't1') yield* first.release();
          });
        }
      }),
    ).toThrow(/the program depends on something the scheduler does not control|is not the same/i);
  });

  test('options', () => {
    const program: ProgramFunction = (sim) => one(sim, sim.yield());
    expect(() => explore(program, { strategy: 'guess' as never })).toThrow(
      "unknown strategy 'guess': use one of auto, source-dpor",
    );
    expect(() => explore(program, { budget: { executions: 0 } })).toThrow("option 'budget.executions' is 0");
    expect(() => explore(program, { strategy: 'replay' })).toThrow("strategy 'replay' needs a schedule");
    expect(() => explore(null as never)).toThrow('a program is a function (sim) => void');
  });

  test('state caching of what cannot be compared', () => {
    const program: ProgramFunction = (sim) => {
      const x = sim.variable<object>('x', new WeakMap());
      one(sim, x.read());
    };
    expect(() => explore(program, { strategy: 'cache' })).toThrow(
      "state caching cannot compare the state of var 'x': it is a WeakMap",
    );
  });

  test('an operation awaited outside', async () => {
    await expect(Promise.resolve(new Variable('x', 0).read())).rejects.toThrow('awaited outside an exploration');
    await expect(exploreAsync(async () => {})).rejects.toThrow('the program itself is async');
  });

  function one(sim: Parameters<ProgramFunction>[0], op: unknown): void {
    sim.task('t', function* () {
      yield op as never;
    });
  }
});
