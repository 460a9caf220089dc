/** Programs and objects: all strategies agree on what tasks made by tasks, kills, daemons and exceptions do. */
import { describe, expect, test } from 'vitest';
import {
  Completion,
  explore,
  type ProgramFunction,
  type Sim,
  SimMutex,
  type StrategyName,
  Variable,
} from '../src/index.ts';

describe('programs and objects', () => {
  const counts = (program: ProgramFunction, strategy: StrategyName) => {
    const { executions, distinctTraces, verdict } = explore(program, { strategy, validator: null });
    return [executions, distinctTraces, verdict];
  };

  test('objects made by tasks have the same number in equivalent executions', () => {
    const program: ProgramFunction = (sim) => {
      const done = sim.variable('done', 0);
      for (const name of ['a', 'b', 'c']) {
        sim.task(name, function* () {
          const own = sim.variable(`of ${name}`, 0);
          const lock = sim.mutex(`lock of ${name}`);
          yield* lock.acquire();
          yield* own.write(1);
          yield* lock.release();
          yield* done.update((n) => n + 1);
        });
      }
    };
    expect(counts(program, 'source-dpor')).toEqual([6, 6, 'ok']);
    expect(counts(program, 'optimal-dpor')).toEqual([6, 6, 'ok']);
    expect(counts(program, 'enumeration')[1]).toBe(6);
  });

  test('tasks spawned by tasks too, and they can be joined for their result', () => {
    const program: ProgramFunction = (sim) => {
      const x = sim.variable('x', 0);
      for (const name of ['p', 'q']) {
        sim.task(name, function* () {
          const child = yield* sim.spawn(`child of ${name}`, function* () {
            return yield* x.update((n) => n + 1);
          });
          const before = yield* child.join();
          sim.assert(before === 0 || before === 1, 'a child gives what it read');
        });
      }
      sim.final(() => x.value === 2);
    };
    expect(counts(program, 'source-dpor')).toEqual([2, 2, 'ok']);
    expect(counts(program, 'optimal-dpor')).toEqual([2, 2, 'ok']);
  });

  test('a kill is ordered against every step of the task, and finally blocks are steps', () => {
    const program: ProgramFunction = (sim) => {
      const [lock, x] = [sim.mutex('lock'), sim.variable('x', 0)];
      const victim = sim.task(
        'victim',
        function* () {
          yield* lock.acquire();
          try {
            yield* x.write(1);
            yield* x.write(2);
          } finally {
            yield* lock.release();
          }
        },
        { killable: true },
      );
      sim.task('killer', function* () {
        yield* victim.kill();
        yield* victim.join();
      });
    };
    // Before each of its steps (a release is still done), and after the last.
    expect(counts(program, 'source-dpor')).toEqual([5, 5, 'ok']);
    expect(counts(program, 'optimal-dpor')).toEqual([5, 5, 'ok']);
    expect(counts(program, 'sleep-sets')).toEqual([5, 5, 'ok']);
  });

  test('a killed task does not go on behind the finally blocks of what it has called', () => {
    const ends = new Set<string>();
    const result = explore((sim) => {
      const [outer, inner, ready] = [sim.mutex('outer'), sim.mutex('inner'), sim.completion('ready')];
      let end = '';
      const victim = sim.task(
        'victim',
        function* () {
          yield* ready.wait();
          yield* (function* section(): Sim<void> {
            yield* outer.acquire();
            try {
              yield* inner.acquire();
              yield* inner.release();
            } finally {
              yield* outer.release();
              yield* sim.yield();
              end += 'cleaned up';
            }
          })();
          end += ', and went on';
        },
        { killable: true },
      );
      sim.task('killer', function* () {
        yield* inner.acquire();
        yield* ready.complete();
        yield* victim.kill();
        yield* victim.join();
        yield* inner.release();
        ends.add(end);
      });
    });
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
    expect([...ends].sort()).toEqual(['', 'cleaned up']);
  });

  test('a task killed in a queue leaves it', () => {
    const result = explore((sim) => {
      const lock = sim.rwSemaphore('lock');
      const writer = sim.task(
        'writer',
        function* () {
          yield* lock.acquire();
          yield* lock.release();
        },
        { killable: true },
      );
      sim.task('reader', function* () {
        yield* lock.acquireRead();
        yield* writer.kill();
        // With the writer gone from the queue, reading again is safe.
        yield* lock.acquireRead();
        yield* lock.releaseRead();
        yield* lock.releaseRead();
      });
    });
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
  });

  test('channels, completions and sleeping tasks: all strategies agree', () => {
    const program: ProgramFunction = (sim) => {
      const queue = sim.channel<number>('queue', 1);
      const done = sim.completion('done');
      const seen = sim.variable('seen', 0);
      sim.task('producer', function* () {
        for (let i = 1; i <= 3; i++) yield* queue.send(i);
        yield* sim.sleep(10);
        yield* done.complete();
      });
      sim.task('consumer', function* () {
        for (let i = 1; i <= 3; i++) yield* seen.write(yield* queue.receive());
        yield* sim.sleep(20);
        yield* done.wait();
        sim.assert(seen.value === 3 && sim.now === 20, 'in order');
      });
      sim.task('waker', function* () {
        yield* sim.sleep(5);
        yield* sim.atomic({ reads: [seen] }, () => {});
      });
    };
    const [expected] = counts(program, 'sleep-sets');
    expect(counts(program, 'source-dpor')).toEqual([expected, expected, 'fail']);
    expect(counts(program, 'optimal-dpor')).toEqual([expected, expected, 'fail']);
  });

  test('a task killed in a condition has the mutex back when its finally runs', () => {
    const result = explore((sim) => {
      const [m, c, log] = [sim.mutex('m'), sim.condition('c'), sim.variable('log', 0)];
      const waiter = sim.task(
        'waiter',
        function* () {
          yield* m.acquire();
          try {
            yield* c.wait(m);
            yield* log.write(1);
          } finally {
            yield* m.release();
          }
        },
        { killable: true },
      );
      sim.task('killer', function* () {
        yield* waiter.kill();
        yield* m.acquire();
        yield* m.release();
        yield* c.signal();
      });
    });
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true, failures: [] });
  });

  test('a daemon that waits for work for ever is no deadlock', () => {
    const program =
      (daemon: boolean): ProgramFunction =>
      (sim) => {
        const work = sim.channel<string>('work');
        sim.task(
          'worker',
          function* () {
            for (;;) yield* work.receive();
          },
          { daemon },
        );
        sim.task('client', function* () {
          yield* work.send('a');
        });
      };
    expect(explore(program(true)).verdict).toBe('ok');
    expect(explore(program(false)).verdict).toBe('deadlock');
  });

  test('tasks of one name are told apart', () => {
    const result = explore((sim) => {
      const lock = sim.mutex('lock');
      for (let i = 0; i < 2; i++) {
        sim.task('same', function* () {
          yield* lock.acquire();
          yield* lock.acquire();
        });
      }
    });
    expect(result.failures.flatMap(({ waits }) => waits.map(({ task }) => task))).toEqual(
      expect.arrayContaining(['same', 'same#2']),
    );
  });

  test('a program as an object, over objects made once', () => {
    const [m, x] = [new SimMutex('m'), new Variable('x', 0)];
    const task = function* () {
      yield* m.acquire();
      yield* x.write((yield* x.read()) + 1);
      yield* m.release();
    };
    const program = { tasks: { a: task, b: task, c: task }, final: () => x.value === 3 };
    expect(explore(program, { validator: null })).toMatchObject({ verdict: 'ok', executions: 6, exhausted: true });
    expect(explore(program, { validator: null, strategy: 'cache' })).toMatchObject({ verdict: 'ok', exhausted: true });
  });

  test('code a few calls deep', () => {
    const program: ProgramFunction = (sim) => {
      const x = sim.variable('x', 0);
      function* deep(level: number): Sim<number> {
        if (level > 0) return yield* deep(level - 1);
        const value = (yield* x.read()) + 1;
        yield* x.write(value);
        return value;
      }
      for (const name of ['a', 'b']) {
        sim.task(name, function* () {
          sim.assert((yield* deep(12)) >= 1, 'the value comes up through all levels');
        });
      }
    };
    expect(counts(program, 'source-dpor')).toEqual([4, 4, 'ok']);
  });

  test('exceptions pass through waits', () => {
    const result = explore((sim) => {
      const c = new Completion('c');
      const victim = sim.task(
        'victim',
        function* () {
          yield* c.wait();
        },
        { killable: true },
      );
      sim.task('killer', function* () {
        yield* victim.kill();
      });
    });
    expect(result).toMatchObject({ verdict: 'ok', executions: 1 });
  });
});
