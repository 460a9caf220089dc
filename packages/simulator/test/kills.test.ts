/** What a kill takes from its victim races too, with everything that happens until the end of the execution; enumeration gives the counts. */
import { RwSemaphore } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { explore, type Op, type ProgramFunction, type Sim, type Simulation } from '../src/index.ts';

/** The killer comes first, so that the first execution kills before anything else has happened. */
const killing =
  (rest: (sim: Simulation, start: (code: () => Sim) => void, kill: () => Op<void>) => void): ProgramFunction =>
  (sim) => {
    const [killer, victim] = [sim.declare('killer'), sim.declare('victim', { killable: true })];
    sim.begin(killer, function* () {
      yield* victim.kill();
    });
    rest(
      sim,
      (code) => sim.begin(victim, code),
      () => victim.kill(),
    );
  };

function* reading(lock: RwSemaphore): Sim<void> {
  yield* lock.downRead();
  yield* lock.upRead();
}

const cases: readonly (readonly [what: string, traces: number, program: ProgramFunction])[] = [
  [
    'a lock that is released only after the kill: the victim could have had it before',
    7,
    killing((sim, start) => {
      const lock = sim.mutex('A');
      sim.task('holder', function* () {
        yield* lock.acquire();
        yield* lock.release();
      });
      start(function* () {
        yield* lock.acquire();
        try {
          yield* sim.yield();
        } finally {
          yield* lock.release();
        }
      });
    }),
  ],
  [
    'a channel that is full once another has sent: the victim could have been first',
    2,
    killing((sim, start) => {
      const queue = sim.channel<number>('queue', 1);
      start(function* () {
        yield* queue.send(1);
      });
      sim.task('other', function* () {
        yield* queue.send(2);
      });
    }),
  ],
  [
    'a join of a task that ends after the kill: it could have ended before',
    2,
    killing((sim, start) => {
      const x = sim.variable('x', 0);
      const child = sim.task('child', function* () {
        yield* x.write(1);
      });
      start(function* () {
        yield* child.join();
      });
    }),
  ],
  [
    'a victim that is one after the other in two queues: the kill takes it out of the one it waits in then',
    11,
    killing((sim, start) => {
      const lock = new RwSemaphore();
      start(function* () {
        yield* reading(lock);
        yield* reading(lock);
      });
      sim.task('reader', () => reading(lock));
    }),
  ],
  [
    'a second kill changes nothing, and takes nothing from a queue',
    119,
    killing((sim, start, kill) => {
      const lock = new RwSemaphore();
      start(function* () {
        yield* lock.downRead();
        try {
          yield* reading(lock);
        } finally {
          yield* lock.upRead();
          yield* reading(lock);
        }
      });
      sim.task('other', function* () {
        yield* kill();
        if (yield* lock.tryDownWrite()) yield* lock.upWrite();
      });
    }),
  ],
];

describe.each(cases)('%s: %d traces', (_, traces, program) => {
  test.each(['enumeration', 'sleep-sets', 'source-dpor', 'optimal-dpor'] as const)('%s', (strategy) => {
    const result = explore(program, { strategy, leaks: false, failures: 0, validator: null });
    expect(result.distinctTraces).toBe(traces);
    expect(result.exhausted).toBe(true);
    if (strategy !== 'enumeration') expect(result.executions).toBe(traces);
    if (strategy === 'optimal-dpor') expect(result.sleepBlocked).toBe(0);
  });
});
