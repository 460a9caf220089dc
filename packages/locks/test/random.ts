/** Random programs over real locks, reproducible from a seed. */
import { Validator } from '@lockdep/core';
import { expect } from 'vitest';
import { DeadlockError, lockdep, Mutex, RwSemaphore, Semaphore } from '../src/index.ts';

type Random = (below: number) => number;

/** mulberry32 */
function random(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One lock with a count of who is inside, to see that it keeps its promise. */
interface Place {
  readonly lock: Mutex | RwSemaphore | Semaphore;
  inside: number;
  readers: number;
  broken: boolean;
}

interface World {
  readonly places: readonly Place[];
  readonly random: Random;
}

function makeWorld(seed: number, validator: Validator | null, count: number): World {
  const pick = random(seed);
  const options = (index: number) => ({ name: `lock ${index}`, validator, onDeadlock: 'throw' as const });
  const kinds = [
    (index: number) => new Mutex(options(index)),
    (index: number) => new RwSemaphore(options(index)),
    (index: number) => new Semaphore(2, options(index)),
  ];
  const places = Array.from({ length: count }, (_, index): Place => {
    return { lock: kinds[pick(kinds.length)]!(index), inside: 0, readers: 0, broken: false };
  });
  return { places, random: pick };
}

const capacity = ({ lock }: Place): number => (lock instanceof Semaphore ? lock.state.limit : 1);

async function visit(place: Place, reading: boolean, body: () => Promise<void>): Promise<void> {
  if (reading) place.readers += 1;
  else place.inside += 1;
  if (place.inside > capacity(place) || (place.readers > 0 && place.inside > 0)) place.broken = true;
  try {
    await turn();
    await body();
  } finally {
    if (reading) place.readers -= 1;
    else place.inside -= 1;
  }
}

/** Takes a place in one of the styles, runs the body inside, and leaves. */
async function under(world: World, place: Place, body: () => Promise<void>): Promise<void> {
  const { lock } = place;
  const reading = lock instanceof RwSemaphore && world.random(2) === 0;
  const inside = (): Promise<void> => visit(place, reading, body);
  const style = world.random(4);
  if (style === 0) return reading ? lock.runShared(inside) : lock.runExclusive(inside);
  if (style === 1) {
    await using _guard = await (reading ? lock.lockRead() : lock.lock());
    return await inside();
  }
  if (style === 2) return await lockdep.fork(() => under(world, place, body));
  await (reading ? lock.acquireRead() : lock.acquire());
  try {
    await inside();
  } finally {
    if (reading) lock.releaseRead();
    else lock.release();
  }
}

/** A chain of places, one inside the other; at the end perhaps branches. */
async function descend(world: World, chain: readonly Place[]): Promise<void> {
  const [first, ...rest] = chain;
  if (first === undefined) return;
  await under(world, first, async () => {
    if (rest.length > 1 && world.random(4) === 0) {
      const middle = 1 + world.random(rest.length - 1);
      await lockdep.all([() => descend(world, rest.slice(0, middle)), () => descend(world, rest.slice(middle))]);
    } else await descend(world, rest);
  });
}

const TASKS = 8;

function idle({ places }: World, validator: Validator | null): void {
  for (const { lock, broken, inside, readers } of places) {
    expect({ broken, inside, readers }).toEqual({ broken: false, inside: 0, readers: 0 });
    expect([lock.state.holders(), lock.state.waiters()]).toEqual([[], []]);
    if (validator !== null) expect(validator.holders(lock.instance!)).toEqual([]);
  }
}

/** Different places in a random order. */
function choose(world: World, count: number): Place[] {
  const left = [...world.places];
  return Array.from({ length: count }, () => left.splice(world.random(left.length), 1)[0]!);
}

/** Programs that keep one order are not blamed. */
export async function ordered(seed: number): Promise<void> {
  const validator = seed % 5 === 0 ? null : new Validator({ sites: false });
  const world = makeWorld(seed, validator, 6);
  const rank = (place: Place): number => world.places.indexOf(place);
  const program = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      await descend(
        world,
        choose(world, 1 + world.random(4)).sort((a, b) => rank(a) - rank(b)),
      );
    }
  };
  await Promise.all(Array.from({ length: TASKS }, (_, i) => lockdep.task(`task ${i}`, program)));
  idle(world, validator);
  expect(validator?.reports ?? []).toEqual([]);
  const left = validator === null ? [] : [...validator.engine.tasks.values()].filter((task) => task.name !== 'main');
  expect(left).toEqual([]);
}

/** Programs that keep none never hang: whoever would close a circle is refused. Answers how often that was. */
export async function unordered(seed: number): Promise<number> {
  const validator = new Validator({ sites: false });
  const world = makeWorld(seed, validator, 4);
  let refused = 0;
  const program = async (): Promise<void> => {
    for (let round = 0; round < 4; round++) {
      try {
        await descend(world, choose(world, 2 + world.random(3)));
      } catch (error) {
        if (!(error instanceof DeadlockError)) throw error;
        refused += 1;
        await turn();
      }
    }
  };
  await Promise.all(Array.from({ length: TASKS }, (_, i) => lockdep.task(`task ${i}`, program)));
  await turn();
  idle(world, validator);
  expect(refused > 0).toBe(validator.reports.some((report) => report.kind === 'deadlock'));
  const kinds = new Set(validator.reports.map((report) => report.kind));
  expect([...kinds].filter((kind) => !['circular', 'deadlock', 'recursive'].includes(kind))).toEqual([]);
  return refused;
}

/** Waiters that give up leave nothing behind. */
export async function impatient(seed: number): Promise<void> {
  const validator = new Validator({ sites: false });
  const world = makeWorld(seed, validator, 2);
  const pick = random(seed + 1000);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      lockdep.task(`task ${i}`, async () => {
        const { lock } = world.places[pick(2)]!;
        const controller = new AbortController();
        if (pick(3) === 0) setTimeout(() => controller.abort(new Error('aborted')), pick(6));
        const options = { signal: controller.signal, ...(pick(3) === 0 ? { timeoutMs: pick(6) } : {}) };
        try {
          await lock.acquire(options);
        } catch (error) {
          return (error as Error).message;
        }
        await new Promise((resolve) => setTimeout(resolve, pick(3)));
        lock.release();
        return 'done';
      }),
    ),
  );
  expect(outcomes).toContain('done');
  idle(world, validator);
  expect(validator.reports).toEqual([]);
}
