import { Validator } from '@lockdep/core';
import { Mutex } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { PlainMachine, type Proc } from '../src/index.ts';

function race(seed?: number): { order: string[]; stuck: readonly string[] } {
  const machine = new PlainMachine(seed === undefined ? {} : { seed });
  const mutex = new Mutex({ name: 'm', validator: null });
  const region = machine.region('x');
  const order: string[] = [];
  function* task(name: string): Proc {
    for (let i = 0; i < 3; i++) {
      yield* mutex.acquire();
      yield* machine.access([], [region], 'note', () => order.push(name));
      yield* mutex.release();
    }
  }
  for (const name of ['a', 'b']) machine.spawn(name, () => task(name));
  return { order, stuck: machine.run().stuck };
}

describe('the plain machine', () => {
  test('without a seed a task runs until it must wait', () => {
    expect(race()).toEqual({ order: ['a', 'a', 'a', 'b', 'b', 'b'], stuck: [] });
  });

  test('the same seed, the same run; other seeds, other runs', () => {
    expect(race(7)).toEqual(race(7));
    expect(new Set(Array.from({ length: 20 }, (_, i) => race(i + 1).order.join(''))).size).toBeGreaterThan(3);
  });

  test('names who is stuck, and the validator says why', () => {
    const validator = new Validator({ sites: false });
    const machine = new PlainMachine({ validator });
    const [m1, m2] = ['m1', 'm2'].map((name) => new Mutex({ name, validator }));
    const meet = machine.region('meet');
    function* task(first: Mutex, second: Mutex, other: Mutex): Proc {
      yield* first.acquire();
      while (!other.locked) yield* machine.access([meet], [], 'wait', () => {});
      yield* second.acquire();
    }
    machine.spawn('t1', function* () {
      yield* m1!.acquire();
      yield* machine.start('t2', () => task(m2!, m1!, m1!));
      yield* m2!.tryAcquire();
      yield* m2!.acquire();
    });
    expect(machine.run(100).stuck).toContain('t1');
    expect(validator.reports.map(({ kind }) => kind)).toContain('deadlock');
  });

  test('refuses to wait for what it does not own', () => {
    const machine = new PlainMachine();
    machine.spawn('t', function* () {
      yield 42;
    });
    expect(() => machine.run()).toThrow("task 't' waits for something that this machine does not own: 42");
  });
});
