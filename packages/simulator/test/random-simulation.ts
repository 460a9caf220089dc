/** Random programs over what the notation has no words for: channels, completions, sleep, kill, downgrade, regions, library locks. */
import { BitLock, Completion as LibraryCompletion, Mutex, RwLock, RwSemaphore, Semaphore } from '@lockdep/locks';
import { Random } from '../src/engine/random.ts';
import type { ProgramFunction, SimTask, Simulation } from '../src/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: operations of every kind, yielded as they are.
type Steps = Generator<any, any, any>;
type Part = () => Steps;
type Take = () => Iterable<unknown>;
type Maker = (random: Random, self: number) => Part;
/** Sections between taking and giving back, in which the data is touched. */
type Sections = (group: string, take: Take, give: Take) => [group: string, make: Maker];

/** Runs `inner` between taking and giving back, which a kill does not prevent. */
const around = (take: Take, give: Take, inner: Take): Part =>
  function* () {
    const taken = yield* take() as Steps;
    // A try that was refused.
    if (taken === false) return taken;
    try {
      return [taken, yield* inner() as Steps];
    } finally {
      yield* give() as Steps;
    }
  };

const single =
  (op: Take): Part =>
  () =>
    op() as Steps;

function partsOf(sim: Simulation, tasks: readonly SimTask[]): readonly (readonly [group: string, make: Maker])[] {
  const x = sim.variable('x', 0);
  const data = sim.region('data');
  const touch = (random: Random): Take =>
    random.pick([
      () => x.read(),
      () => x.update((n) => n + 1),
      () => data.reading(),
      () => data.writing(),
      () => x.compareAndSwap(0, 1),
    ]);
  const held: Sections = (group, take, give) => [group, (random) => around(take, give, touch(random))];
  return [...ownParts(sim, touch, held), ...libraryParts(held), ...taskParts(sim, tasks, touch)];
}

/** The simulation's own objects. */
function ownParts(sim: Simulation, touch: (random: Random) => Take, held: Sections): [string, Maker][] {
  const [rw, fair, queue, done] = [
    sim.rwLock('rw'),
    sim.rwSemaphore('fair'),
    sim.channel('queue', 1),
    sim.completion('done'),
  ];
  const [cond, mutex, x] = [sim.condition('cond'), sim.mutex('mutex'), sim.variable('y', 0)];
  const weaken = (lock: typeof rw | typeof fair): Take =>
    function* () {
      yield* lock.acquire();
      yield* lock.downgrade();
    };
  return [
    ['queue', () => single(() => queue.send(1))],
    ['queue', () => single(() => queue.receive())],
    ['queue', () => single(() => queue.tryReceive())],
    ['done', () => single(() => done.wait())],
    ['done', () => single(() => done.complete())],
    ['done', () => single(() => done.completeAll())],
    ['done', () => single(() => done.tryWait())],
    ['done', () => single(() => done.reinit())],
    held(
      'rw',
      () => rw.acquire(),
      () => rw.release(),
    ),
    held(
      'rw',
      () => rw.acquireRead(),
      () => rw.releaseRead(),
    ),
    held('rw', weaken(rw), () => rw.releaseRead()),
    held(
      'fair',
      () => fair.acquire(),
      () => fair.release(),
    ),
    held(
      'fair',
      () => fair.acquireRead(),
      () => fair.releaseRead(),
    ),
    held('fair', weaken(fair), () => fair.releaseRead()),
    [
      'cond',
      () =>
        around(
          () => mutex.acquire(),
          () => mutex.release(),
          () => cond.wait(mutex),
        ),
    ],
    ['cond', () => single(() => cond.signal())],
    ['data', (random) => single(touch(random))],
    ['data', () => single(() => sim.atomic({ reads: [x], writes: [x] }, () => x.value))],
  ];
}

/** Locks of `@lockdep/locks`. */
function libraryParts(held: Sections): [string, Maker][] {
  const [m, bit, rw] = [
    new Mutex({ name: 'M' }),
    new BitLock({ name: 'bit' }),
    new RwLock({ name: 'RW', sleeping: true }),
  ];
  const [fair, sem] = [new RwSemaphore({ name: 'RWS' }), new Semaphore(1, { name: 'S', limit: 9 })];
  const weaken: Take = function* () {
    yield* fair.downWrite();
    yield* fair.downgradeWrite();
  };
  const completion = new LibraryCompletion({ name: 'C' });
  return [
    held(
      'mutex',
      () => m.acquire(),
      () => m.release(),
    ),
    held(
      'bit',
      () => bit.acquire(),
      () => bit.release(),
    ),
    held(
      'library',
      () => rw.acquireRead(),
      () => rw.releaseRead(),
    ),
    held(
      'library',
      () => rw.acquire(),
      () => rw.release(),
    ),
    held(
      'library fair',
      () => fair.downRead(),
      () => fair.upRead(),
    ),
    held(
      'library fair',
      () => fair.downWrite(),
      () => fair.upWrite(),
    ),
    held('library fair', weaken, () => fair.upRead()),
    held(
      'library fair',
      () => fair.tryDownRead(),
      () => fair.upRead(),
    ),
    held(
      'library fair',
      () => fair.tryDownWrite(),
      () => fair.upWrite(),
    ),
    [
      'library fair',
      () => {
        const inner: Take = () =>
          around(
            () => fair.downRead(),
            () => fair.upRead(),
            () => [],
          )() as Steps;
        return around(
          () => fair.downRead(),
          () => fair.upRead(),
          inner,
        );
      },
    ],
    held(
      'library',
      () => sem.acquire(),
      () => sem.release(),
    ),
    ['completion', () => single(() => completion.wait())],
    ['completion', () => single(() => completion.complete())],
    ['completion', () => single(() => completion.completeAll())],
  ];
}

/** Tasks, time and choices. */
function taskParts(sim: Simulation, tasks: readonly SimTask[], touch: (random: Random) => Take): [string, Maker][] {
  const x = sim.variable('z', 0);
  return [
    [
      'sleep',
      (random) => {
        const ms = 1 + random.below(3);
        return single(() => sim.sleep(ms));
      },
    ],
    [
      'kill',
      (random, self) => {
        const victim = random.below(3);
        return function* () {
          const task = tasks[victim];
          if (victim !== self && task !== undefined) yield* task.kill();
        };
      },
    ],
    [
      'choose',
      () =>
        function* () {
          if ((yield* sim.choose(2, 'coin')) === 1) yield* x.write(7);
        },
    ],
    [
      'spawn',
      (random) => {
        const work = touch(random);
        const joins = random.below(2) === 0;
        return function* () {
          const child = yield* sim.spawn('child', function* () {
            yield* work() as Steps;
          });
          if (joins) yield* child.join();
        };
      },
    ],
  ];
}

/** The same program for the same seed, whatever has run before. */
export function randomSimulation(seed: number): ProgramFunction {
  return (sim) => {
    const random = new Random(seed);
    const tasks: SimTask[] = [];
    const parts = partsOf(sim, tasks);
    const groups = random.shuffle([...new Set(parts.map(([group]) => group))]).slice(0, 2 + random.below(3));
    const usable = parts.filter(([group]) => groups.includes(group));
    const count = 2 + random.below(2);
    const plans = Array.from({ length: count }, (_, self) =>
      Array.from({ length: 1 + random.below(count === 2 ? 3 : 2) }, () => random.pick(usable)[1](random, self)),
    );
    for (const self of plans.keys()) tasks.push(sim.declare(`t${self}`, { killable: groups.includes('kill') }));
    for (const [self, plan] of plans.entries()) {
      sim.begin(tasks[self]!, function* () {
        const seen: unknown[] = [];
        for (const part of plan) seen.push(yield* part());
        return seen;
      });
    }
  };
}
