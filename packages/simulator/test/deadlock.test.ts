/** Deadlocks as people meet them: found, drawn, told; and one run by a seed. */
import { describe, expect, test } from 'vitest';
import { explore, type ProgramFunction, simulate } from '../src/index.ts';

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
    for (const site of failure!.sites) expect(site).toMatch(/deadlock\.test\.ts:\d+:\d+/);
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

describe('simulate', () => {
  test('runs once, as the seed has it', () => {
    const verdicts = Array.from({ length: 20 }, (_, seed) => simulate(abba, { seed }).verdict);
    expect(new Set(verdicts)).toEqual(new Set(['ok', 'deadlock']));
    expect(Array.from({ length: 20 }, (_, seed) => simulate(abba, { seed }).verdict)).toEqual(verdicts);
  });
});
