/** The parts on which everything rests, each against something naive. */
import { describe, expect, test } from 'vitest';
import { conflicts, EXCLUSIVE } from '../src/engine/access.ts';
import { Random } from '../src/engine/random.ts';
import { runExecution } from '../src/engine/run-execution.ts';
import { TraceHash } from '../src/engine/trace-hash.ts';
import { World } from '../src/engine/world.ts';
import { TraceTally } from '../src/explore/trace-tally.ts';
import {
  Completion,
  explore,
  exploreAsync,
  type ProgramFunction,
  type Sim,
  SimMutex,
  type StrategyName,
  Variable,
} from '../src/index.ts';
import { compileProgram } from '../src/notation/compile.ts';
import type { History } from '../src/search/history.ts';
import { TreeSearch } from '../src/search/tree-search.ts';
import { WakeupNode, type WakeupStep } from '../src/search/wakeup-tree.ts';
import { randomProgram } from './random-program.ts';

/** Happens-before by its definition: dependent accesses in order, one task's events in order, gates; closed. */
function naiveOrder(history: History): boolean[][] {
  const { length } = history;
  const before = Array.from({ length }, () => new Array<boolean>(length).fill(false));
  for (let f = 0; f < length; f++) {
    before[f]![f] = true;
    for (let e = f - 1; e >= 0; e--) {
      const direct =
        [history.gate[f], history.end[f]].includes(e) ||
        history.task[e] === history.task[f] ||
        dependent(history, e, f);
      if (!direct) continue;
      for (let d = 0; d <= e; d++) if (before[d]![e]) before[d]![f] = true;
    }
  }
  return before;
}

function dependent(history: History, e: number, f: number): boolean {
  for (let a = history.firstAccess[e]!; a < history.firstAccess[e + 1]!; a++) {
    for (let b = history.firstAccess[f]!; b < history.firstAccess[f + 1]!; b++) {
      if (history.object[a] === history.object[b] && conflicts(history.mode[a]!, history.mode[b]!)) return true;
    }
  }
  return false;
}

test('vector clocks are happens-before, on every execution of 60 random programs', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const world = new World(compileProgram(randomProgram(seed)).setup);
    const search = new TreeSearch(world, 'source-dpor');
    let left = 40;
    for (let prefix = search.plan(); prefix >= 0 && left-- > 0; prefix = search.plan()) {
      runExecution(world, search, prefix, 1_000);
      const { history } = search;
      const order = naiveOrder(history);
      for (let f = 0; f < history.length; f++) {
        for (let e = 0; e <= f; e++) expect(history.happensBefore(e, f), `seed ${seed}: ${e} ${f}`).toBe(order[e]![f]);
      }
    }
  }
});

test('trace hashes: equal exactly for executions that differ in the order of independent steps', () => {
  const random = new Random(11);
  for (let round = 0; round < 300; round++) {
    const events = Array.from({ length: 7 }, () => ({
      task: random.below(3),
      object: random.below(3),
      mode: random.below(3) === 0 ? EXCLUSIVE : random.below(2),
    }));
    const [a, b] = [events, [...events]];
    for (let swaps = random.below(8); swaps > 0; swaps--) {
      const i = random.below(6);
      [b[i], b[i + 1]] = [b[i + 1]!, b[i]!];
    }
    if (!sameProgramOrder(a, b)) continue;
    expect(hashOf(a) === hashOf(b), JSON.stringify([a, b])).toBe(canonical(a) === canonical(b));
  }

  type Event = { readonly task: number; readonly object: number; readonly mode: number };

  function numbered(events: readonly Event[]): (Event & { ordinal: number })[] {
    const steps = new Map<number, number>();
    return events.map((event) => {
      const ordinal = steps.get(event.task) ?? 0;
      steps.set(event.task, ordinal + 1);
      return { ...event, ordinal };
    });
  }

  function sameProgramOrder(a: readonly Event[], b: readonly Event[]): boolean {
    const key = (events: readonly Event[]) =>
      JSON.stringify([0, 1, 2].map((task) => events.filter((event) => event.task === task)));
    return key(a) === key(b);
  }

  function hashOf(events: readonly Event[]): number {
    const hash = new TraceHash();
    for (const { task, ordinal, object, mode } of numbered(events)) hash.access(task, ordinal, object, mode);
    return hash.value;
  }

  /** Per object: blocks of commuting accesses, each sorted. */
  function canonical(events: readonly Event[]): string {
    const list = numbered(events);
    return JSON.stringify(
      [0, 1, 2].map((object) => {
        const blocks: string[][] = [];
        let mode = -1;
        for (const event of list.filter((candidate) => candidate.object === object)) {
          if (event.mode !== mode || mode === EXCLUSIVE) blocks.push([]);
          mode = event.mode;
          blocks.at(-1)!.push(`${event.task}.${event.ordinal}`);
        }
        return blocks.map((block) => block.sort());
      }),
    );
  }
});

describe('the tally of traces', () => {
  const hashes = (count: number, random: Random): number[] =>
    Array.from({ length: count }, () => random.next() * 0x20_0000 + random.below(0x20_0000));

  test('is exact in bounds', () => {
    const tally = new TraceTally();
    const list = hashes(5_000, new Random(1));
    for (const hash of list) expect(tally.add(hash)).toBe(true);
    for (const hash of list.slice(0, 2_000)) expect(tally.add(hash)).toBe(false);
    expect([tally.distinct, tally.once, tally.isExact]).toEqual([5_000, 3_000, true]);
    tally.settle();
    expect([tally.distinct, tally.once]).toEqual([5_000, 0]);
  });

  test('beyond them it estimates, in constant memory', () => {
    const tally = new TraceTally(1 << 12);
    for (const hash of hashes(200_000, new Random(2))) tally.add(hash);
    expect(tally.isExact).toBe(false);
    expect(tally.distinct).toBeGreaterThan(180_000);
    expect(tally.distinct).toBeLessThan(220_000);
  });
});

describe('wakeup trees', () => {
  const step = (task: number, ...accesses: number[]): WakeupStep => ({ task, choice: 0, choices: 1, accesses });

  test('a sequence that a leaf begins is covered', () => {
    const tree = new WakeupNode(null);
    expect(tree.insert([step(1, 5, EXCLUSIVE), step(2, 6, EXCLUSIVE)])).toBe(true);
    expect(tree.insert([step(2, 6, EXCLUSIVE), step(1, 5, EXCLUSIVE)])).toBe(false);
    expect(tree.children).toHaveLength(1);
  });

  test('one that a branch conflicts with is a branch of its own', () => {
    const tree = new WakeupNode(null);
    tree.insert([step(1, 5, EXCLUSIVE)]);
    expect(tree.insert([step(2, 5, EXCLUSIVE), step(1, 5, EXCLUSIVE)])).toBe(true);
    expect(tree.children.map((child) => child.step!.task)).toEqual([1, 2]);
  });
});

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
