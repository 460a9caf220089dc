/**
 * Three of the measured programs under fast-check's scheduler: as many visible steps, each a task that the scheduler releases, and the
 * same condition looked at in the end (counted rather than asserted, or the first failure would end the run).
 */
import fc, { type Scheduler } from 'fast-check';

/** What the executions of a program have come to. */
export interface Tally {
  steps: number;
  failed: number;
}

type Step = () => Promise<void>;

/** First come, first served; taking it is one step, as is letting it go. */
class QueueLock {
  readonly #step: Step;
  readonly #waiting: (() => void)[] = [];
  #isHeld = false;

  constructor(step: Step) {
    this.#step = step;
  }

  async acquire(): Promise<void> {
    await this.#step();
    if (this.#isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isHeld = true;
  }

  async release(): Promise<void> {
    await this.#step();
    const next = this.#waiting.shift();
    if (next === undefined) this.#isHeld = false;
    else next();
  }
}

function property(tally: Tally, program: (step: Step, scheduler: Scheduler) => Promise<boolean>) {
  return fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const step = async (): Promise<void> => {
      await scheduler.schedule(Promise.resolve());
      tally.steps++;
    };
    if (!(await program(step, scheduler))) tally.failed++;
  });
}

type Peer = (tally: Tally) => fc.IAsyncPropertyWithHooks<[Scheduler]>;

const inc4: Peer = (tally) =>
  property(tally, async (step, scheduler) => {
    let x = 0;
    const increment = async (): Promise<void> => {
      await step();
      const value = x;
      await step();
      x = value + 1;
    };
    await scheduler.waitFor(Promise.all([increment(), increment(), increment(), increment()]));
    return x === 4;
  });

const lockinc6: Peer = (tally) =>
  property(tally, async (step, scheduler) => {
    const lock = new QueueLock(step);
    let x = 0;
    const increment = async (): Promise<void> => {
      await lock.acquire();
      await step();
      const value = x;
      await step();
      x = value + 1;
      await lock.release();
    };
    await scheduler.waitFor(Promise.all(Array.from({ length: 6 }, increment)));
    return x === 6;
  });

const holePunch: Peer = (tally) =>
  property(tally, async (step, scheduler) => {
    const page = new QueueLock(step);
    let [uptodate, data, map, disk] = [1, 1, 1, 1];
    const punch = async (): Promise<void> => {
      await page.acquire();
      await step();
      uptodate = 0;
      await page.release();
      await step();
      map = 0;
    };
    const read = async (): Promise<void> => {
      await page.acquire();
      await step();
      if (uptodate === 0) {
        await step();
        if (map === 1) {
          await step();
          const block = disk;
          await step();
          data = block;
        } else {
          await step();
          data = 0;
        }
        await step();
        uptodate = 1;
      }
      await page.release();
    };
    await scheduler.waitFor(Promise.all([punch(), read()]));
    return uptodate === 0 || map === 1 || data === 0;
  });

export const peers: Readonly<Record<string, Peer>> = { inc_4: inc4, lockinc_6: lockinc6, hole_punch_race: holePunch };

/** Runs a program `runs` times under fast-check. */
export async function runPeer(id: string, runs: number, seed: number): Promise<Tally> {
  const tally: Tally = { steps: 0, failed: 0 };
  await fc.check(peers[id]!(tally), { numRuns: runs, seed });
  return tally;
}
