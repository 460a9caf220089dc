/** Programs that worker threads load by themselves. */
import { Mutex } from '@lockdep/locks';
import type { ProgramFunction } from '../src/index.ts';

/** Money goes both ways between two accounts; with one of them, only one way. */
export const asyncTransfers =
  (ways: number): ProgramFunction =>
  (sim) => {
    const accounts = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
    for (let way = 0; way < ways; way++) {
      const [from, to] = way === 0 ? accounts : accounts.toReversed();
      sim.task(`transfer ${way}`, async () => {
        await from!.acquire();
        await to!.acquire();
        to!.release();
        from!.release();
      });
    }
  };

let runs = 0;

/** Not the same each time. */
export const changing: ProgramFunction = (sim) => {
  const x = sim.variable('x', 0);
  const y = sim.variable('y', 0);
  const isOdd = runs++ % 2 === 1;
  for (const name of ['one', 'two']) {
    sim.task(name, function* () {
      yield* (isOdd ? x : y).write(1);
      yield* x.write(2);
    });
  }
};
