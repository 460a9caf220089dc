import { Validator } from '@lockdep/core';
import { BitLock, Completion, Mutex, RwLock, RwSemaphore, Semaphore, SpinLock } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { explore } from '../src/index.ts';
import { asGenerators, isTranslatable } from './interpret.ts';
import { hasFairSemaphore, programs } from './programs.ts';
import { randomLockProgram } from './random-locks.ts';
import { deadlocksOf } from './validated.ts';

test('every deadlock of 400 random lock programs is reported from one execution that ends well, or explained', () => {
  let [deadlocks, reported] = [0, 0];
  for (let seed = 1; seed <= 400; seed++) {
    const program = randomLockProgram(seed);
    for (const { circle, explanation } of deadlocksOf(program, 2_000) ?? []) {
      expect(explanation, `seed ${seed}: ${JSON.stringify(circle)} of ${JSON.stringify(program.tasks)}`).not.toBeNull();
      deadlocks++;
      if (explanation === 'reported') reported++;
    }
  }
  expect(deadlocks).toBeGreaterThan(30);
  expect(reported / deadlocks).toBeGreaterThan(0.5);
});

describe('one validator listens to every execution', () => {
  test('a gate that is not always held is seen by some execution', () => {
    const validator = new Validator();
    const result = explore(
      (sim) => {
        const [g, a, b, open] = [sim.mutex('G'), sim.mutex('A'), sim.mutex('B'), sim.variable('open', 0)];
        sim.task('t1', function* () {
          yield* g.acquire();
          yield* a.acquire();
          yield* b.acquire();
          yield* b.release();
          yield* a.release();
          yield* g.release();
        });
        sim.task('t2', function* () {
          // Only when the other was faster does it go without the gate.
          const isOpen = (yield* open.read()) === 1;
          if (!isOpen) yield* g.acquire();
          yield* b.acquire();
          yield* a.acquire();
          yield* a.release();
          yield* b.release();
          if (!isOpen) yield* g.release();
        });
        sim.task('t3', function* () {
          yield* open.write(1);
        });
      },
      { validator },
    );
    expect(result.verdict).toBe('deadlock');
    expect(result.reports).toBe(validator.reports);
    expect(validator.reports.map(({ kind }) => kind)).toEqual(['circular']);
  });

  test('a lock inherits its class from one execution to the next: a few classes, however many executions', () => {
    const validator = new Validator();
    explore(
      (sim) => {
        const lock = new Mutex({ name: 'inode' });
        for (const name of ['a', 'b', 'c']) {
          sim.task(name, function* () {
            yield* lock.acquire();
            yield* lock.release();
          });
        }
      },
      { validator },
    );
    expect([...validator.classes()].map(({ name }) => name)).toEqual(['inode']);
    expect(validator.heldLocks()).toEqual([]);
  });

  test('what a deadlocked execution leaves held is forgotten before the next', () => {
    const validator = new Validator();
    const result = explore(
      (sim) => {
        const [a, b] = [new Mutex({ name: 'A' }), new Mutex({ name: 'B' })];
        for (const [name, first, second] of [
          ['t1', a, b],
          ['t2', b, a],
        ] as const) {
          sim.task(name, function* () {
            yield* first.acquire();
            yield* second.acquire();
            yield* second.release();
            yield* first.release();
          });
        }
      },
      { validator },
    );
    expect(result).toMatchObject({ verdict: 'deadlock', deadlocks: 1, executions: 3 });
    expect(validator.reports.map(({ kind }) => kind)).toEqual(['circular']);
  });
});

describe('locks of @lockdep/locks are the same objects to the explorer as its own', () => {
  const translatable = programs.filter((program) => isTranslatable(program));
  for (const program of translatable.filter((each) => !hasFairSemaphore(each) && each.oracle.traces <= 700)) {
    test(program.id, () => {
      const result = explore(asGenerators(program), { strategy: 'optimal-dpor', leaks: false, minimise: 0 });
      expect(result).toMatchObject({
        verdict: program.expect,
        executions: program.oracle.traces,
        deadlocks: program.oracle.deadlockTraces,
        failing: program.oracle.failingTraces,
        sleepBlocked: 0,
        exhausted: true,
      });
    });
  }

  test('but a fair semaphore, whose arrivals and departures commute', () => {
    const fair = translatable.filter(hasFairSemaphore);
    expect(fair.map(({ id }) => id)).toEqual(['rw_recursive_read_fair', 'rw_abba_fair_third_party']);
    const [recursive, thirdParty] = fair.map((program) => {
      const result = explore(asGenerators(program), { strategy: 'optimal-dpor', leaks: false });
      expect(result).toMatchObject({ verdict: program.expect, sleepBlocked: 0, exhausted: true });
      expect(result.failures[0]!.minPreemptions).toBe(program.oracle.minPreemptionsToBug);
      return result;
    });
    // The writer arrives before the first reading, between the two, or after the second.
    expect(recursive).toMatchObject({ executions: 3, deadlocks: 1 });
    expect(thirdParty!.executions).toBeLessThan(fair[1]!.oracle.traces / 10);
  });

  test('downgrade lets readers in', () => {
    for (const make of [() => new RwSemaphore({ name: 'R' }), () => new RwLock({ name: 'R' })]) {
      const result = explore((sim) => {
        const [lock, x] = [make(), sim.variable('x', 0)];
        sim.task('writer', function* () {
          yield* lock.acquire();
          yield* x.write(1);
          yield* lock.downgrade();
          sim.assert((yield* x.read()) === 1, 'still what it wrote');
          yield* lock.releaseRead();
        });
        sim.task('reader', function* () {
          yield* lock.acquireRead();
          const value = yield* x.read();
          sim.assert((yield* x.read()) === value, 'nobody writes meanwhile');
          yield* lock.releaseRead();
        });
        sim.task('writer 2', function* () {
          yield* lock.acquire();
          yield* x.write(1);
          yield* lock.release();
        });
      });
      expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
      expect(result.executions).toBeGreaterThan(5);
    }
  });

  test('a folio lock is released by the device that completes the read', () => {
    const result = explore((sim) => {
      const [folio, submitted, uptodate] = [
        new BitLock({ name: 'folio' }),
        sim.channel<number>('bio'),
        sim.variable('uptodate', 0),
      ];
      const device = sim.declare('device', { daemon: true });
      sim.begin(device, function* () {
        for (;;) {
          yield* submitted.receive();
          yield* uptodate.write(1);
          yield* folio.release();
        }
      });
      sim.task('reader', function* () {
        yield* folio.acquire();
        yield* folio.transfer(device);
        yield* submitted.send(0);
        yield* folio.acquire();
        sim.assert((yield* uptodate.read()) === 1, 'uptodate after waiting for the lock');
        yield* folio.release();
      });
    });
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true, reports: [] });
  });

  test('completions, semaphores and spin locks', () => {
    const result = explore(
      (sim) => {
        const [done, pool, spin] = [
          new Completion({ name: 'done' }),
          new Semaphore(2, { name: 'pool' }),
          new SpinLock({ name: 'spin' }),
        ];
        const inside = sim.variable('inside', 0);
        for (const name of ['a', 'b', 'c']) {
          sim.task(name, function* () {
            yield* pool.acquire();
            yield* inside.update((n) => n + 1);
            sim.assert(inside.value <= 2, 'two at most');
            yield* inside.update((n) => n - 1);
            yield* pool.release();
            yield* spin.acquire();
            yield* spin.release();
            if (name === 'a') yield* done.completeAll();
            else yield* done.wait();
          });
        }
      },
      { budget: { executions: 3_000 }, strategy: 'pos' },
    );
    expect(result).toMatchObject({ verdict: 'ok', deadlocks: 0, executions: 3_000 });
  });

  test('one made outside of the program and left held is refused', () => {
    const outside = new Mutex({ name: 'outside', validator: null });
    expect(() =>
      explore((sim) => {
        for (const name of ['a', 'b']) {
          sim.task(name, function* () {
            yield* outside.acquire();
          });
        }
      }),
    ).toThrow("'outside' is still held or waited for from the execution before: make it inside the program");
  });
});
