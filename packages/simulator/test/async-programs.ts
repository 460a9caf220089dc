/**
 * Random async programs with concurrent branches, timers, forks, plain promises and kills: partial-order reduction comes to every end that
 * trying all interleavings comes to, and to every trace once, however it is done.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { lockdep, Mutex, RwSemaphore } from '@lockdep/locks';
import { expect } from 'vitest';
import { exploreAsync, type Simulation, type StrategyName } from '../src/index.ts';

/** The first seed. */
export const FIRST: number = Number(process.env['LOCKDEP_SEED'] ?? 1);

type Random = (below: number) => number;

function random(seed: number): Random {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state >>> 8) & 0xffff) % below;
  };
}

/** What a piece of code does, drawn once; run in every execution. */
type Code = (world: Stage) => Promise<void>;

interface Stage {
  readonly sim: Simulation;
  readonly locks: readonly Mutex[];
  readonly tree: RwSemaphore;
  /** One for all tasks. */
  readonly controller: AbortController;
  readonly total: { value: number };
}

const words: Record<string, number> = {};

function draw(next: Random, depth: number): Code {
  const kinds =
    depth > 0
      ? ['lock', 'add', 'wait', 'both', 'fork', 'try', 'share', 'share in time', 'heed', 'abort']
      : ['add', 'lock', 'wait', 'share', 'share in time', 'heed', 'abort'];
  const kind = kinds[next(kinds.length)]!;
  words[kind] = (words[kind] ?? 0) + 1;
  const which = next(2);
  const value = next(5);
  const [one, two] = depth > 0 ? [draw(next, depth - 1), draw(next, depth - 1)] : [null, null];
  switch (kind) {
    case 'lock':
      return async (world) => {
        await world.locks[which]!.runExclusive(async () => await one?.(world));
      };
    case 'try':
      return async (world) => {
        await world.locks[which]!.acquire({ timeoutMs: 5 }).then(
          () => world.locks[which]!.release(),
          () => {
            world.total.value += 100;
          },
        );
      };
    case 'heed':
      return async (world) => {
        const { signal } = world.controller;
        const wait = [
          () => world.locks[0]!.acquire({ signal }),
          () => world.tree.acquireRead({ signal }),
          () => delay(2, null, { signal }),
        ][value % 3]!;
        await wait().then(
          async () => {
            await one?.(world);
            if (value % 3 === 0) world.locks[0]!.release();
            else if (value % 3 === 1) world.tree.releaseRead();
          },
          () => {
            world.total.value += 10_000;
          },
        );
      };
    case 'abort':
      return async ({ sim, controller }) => {
        await sim.yield();
        controller.abort();
      };
    case 'share':
      return async (world) => {
        const release = await (which === 0 ? world.tree.lockRead() : world.tree.lock());
        await one?.(world);
        release.release();
      };
    case 'share in time':
      return async (world) => {
        const options = { timeoutMs: 1 + value };
        await (which === 0 ? world.tree.acquireRead(options) : world.tree.acquire(options)).then(
          async () => {
            await one?.(world);
            if (which === 0) world.tree.releaseRead();
            else world.tree.release();
          },
          () => {
            world.total.value += 1000;
          },
        );
      };
    case 'wait':
      return async () => {
        await delay(1 + value);
      };
    case 'both':
      return async (world) => {
        await Promise.all([one!(world), two!(world)]);
      };
    case 'fork':
      return async (world) => {
        await lockdep.all([() => one!(world), () => two!(world)]);
      };
    default:
      return async ({ sim, total }) => {
        const before = total.value;
        await sim.yield();
        total.value = before * 2 + value;
      };
  }
}

/** What exploring has shown, all of it. */
interface Explored {
  /** How the program can end: the total of each task, negative where it was killed, or that it does not. */
  readonly ends: string[];
  readonly executions: number;
  readonly traces: number;
}

async function explored(seed: number, strategy: StrategyName): Promise<Explored | null> {
  const next = random(seed);
  const codes = [[draw(next, 1), draw(next, 0)], [draw(next, next(2))]];
  const kills = next(2) === 0;
  const seen = new Set<string>();
  let note = (): void => {};
  const result = await exploreAsync(
    (sim) => {
      note();
      const locks = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
      const tree = new RwSemaphore({ name: 'tree' });
      const controller = new AbortController();
      // A variable of each task's own: what tasks share is declared, what the lines of one task share is not.
      const totals = codes.map(() => ({ value: 1 }));
      const ended = codes.map(() => false);
      note = () =>
        void seen.add(totals.map(({ value }, i) => `${value}${ended[i] === true ? '' : ' stuck'}`).join(', '));
      const [victim] = codes.map((parts, i) => {
        const total = totals[i]!;
        const code = async (): Promise<void> => {
          try {
            for (const part of parts) await part({ sim, locks, tree, controller, total });
          } catch (error) {
            total.value *= -1;
            throw error;
          }
          ended[i] = true;
        };
        return sim.task(`t${i}`, code, { killable: kills && i === 0 });
      });
      if (kills) sim.task('killer', async () => await victim!.kill());
    },
    { strategy, minimise: 0, validator: null, leaks: false, budget: { executions: 4_000, ms: 60_000 } },
  );
  note();
  const { exhausted, executions, distinctTraces } = result;
  return exhausted ? { ends: [...seen].sort(), executions, traces: distinctTraces } : null;
}

/** Compares so many programs, from the first seed on. */
export async function compareStrategies(programs: number): Promise<void> {
  let compared = 0;
  let spared = 0;
  let several = 0;
  for (let seed = FIRST; seed < FIRST + programs; seed++) {
    const reduced = await explored(seed, 'source-dpor');
    const asleep = await explored(seed, 'sleep-sets');
    const every = await explored(seed, 'enumeration');
    if (reduced === null || asleep === null || every === null) continue;
    const { traces } = asleep;
    compared += 1;
    spared += every.executions - reduced.executions;
    if (every.ends.length > 1) several += 1;
    // Executions that a strategy breaks off leave their totals half done: those ends only enumeration has none of.
    expect({ seed, ends: reduced.ends }).toEqual({ seed, ends: expect.arrayContaining(every.ends) });
    expect({ seed, ...reduced }).toMatchObject({ seed, traces, executions: traces });
    expect({ seed, ...(await explored(seed, 'optimal-dpor')) }).toMatchObject({ seed, traces, executions: traces });
  }
  expect(compared).toBeGreaterThan(programs / 2);
  expect(several).toBeGreaterThan(10);
  expect(spared).toBeGreaterThan(0);
  expect(Object.keys(words).sort()).toEqual([
    'abort',
    'add',
    'both',
    'fork',
    'heed',
    'lock',
    'share',
    'share in time',
    'try',
    'wait',
  ]);
}
