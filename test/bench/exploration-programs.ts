/** The programs whose exploration is measured: generator tasks over objects made once, the form that costs least per execution. */
import { type ProgramObject, type Sim, SimMutex, Variable } from '@lockdep/simulator';

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const named = <T>(prefix: string, list: readonly T[]): Record<string, T> =>
  Object.fromEntries(list.map((item, i) => [`${prefix}${i}`, item]));

/** n tasks that read, then write one more: (n!)² traces. */
function inc(n: number): ProgramObject {
  const x = new Variable('x', 0);
  const increment = function* (): Sim {
    yield x.write(((yield x.read()) as number) + 1);
  };
  return { tasks: named('t', Array(n).fill(increment)), final: () => x.value === n };
}

/** The same under a lock: n! traces. */
function lockinc(n: number): ProgramObject {
  const [lock, x] = [new SimMutex('lock'), new Variable('x', 0)];
  const increment = function* (): Sim {
    yield lock.acquire();
    yield x.write(((yield x.read()) as number) + 1);
    yield lock.release();
  };
  return { tasks: named('t', Array(n).fill(increment)), final: () => x.value === n };
}

/** n philosophers, one of the 2ⁿ - 1 traces is the deadlock. */
function dining(n: number): ProgramObject {
  const forks = times(n, (i) => new SimMutex(`fork${i}`));
  const philosopher = (i: number) =>
    function* (): Sim {
      yield forks[i]!.acquire();
      yield forks[(i + 1) % n]!.acquire();
      yield forks[(i + 1) % n]!.release();
      yield forks[i]!.release();
    };
  return { tasks: named('p', times(n, philosopher)) };
}

/** Flanagan and Godefroid's file system: n threads look for an inode and a free block, each behind its own lock. */
function filesystem(n: number): ProgramObject {
  const [INODES, BLOCKS] = [32, 26];
  const [locki, lockb] = [
    times(INODES, (i) => new SimMutex(`locki${i}`)),
    times(BLOCKS, (i) => new SimMutex(`lockb${i}`)),
  ];
  const inode = times(INODES, (i) => new Variable(`inode${i}`, 0));
  const busy = times(BLOCKS, (i) => new Variable(`busy${i}`, 0));
  const thread = (tid: number) =>
    function* (): Sim {
      const i = tid % INODES;
      yield locki[i]!.acquire();
      if ((yield inode[i]!.read()) === 0) {
        let b = (i * 2) % BLOCKS;
        for (;;) {
          yield lockb[b]!.acquire();
          if ((yield busy[b]!.read()) === 0) {
            yield busy[b]!.write(1);
            yield inode[i]!.write(b + 1);
            yield lockb[b]!.release();
            break;
          }
          yield lockb[b]!.release();
          b = (b + 1) % BLOCKS;
        }
      }
      yield locki[i]!.release();
    };
  return { tasks: named('t', times(n, thread)) };
}

/** Reading a page against punching a hole under it, with no lock that covers both. */
function holePunch(): ProgramObject {
  const page = new SimMutex('PG');
  const [uptodate, data, map, disk] = ['pageUp', 'page', 'map', 'disk'].map((name) => new Variable(name, 1));
  return {
    tasks: {
      punch: function* (): Sim {
        yield page.acquire();
        yield uptodate!.write(0);
        yield page.release();
        yield map!.write(0);
      },
      read: function* (): Sim {
        yield page.acquire();
        if ((yield uptodate!.read()) === 0) {
          if ((yield map!.read()) === 1) yield data!.write((yield disk!.read()) as number);
          else yield data!.write(0);
          yield uptodate!.write(1);
        }
        yield page.release();
      },
    },
    final: () => uptodate!.value === 0 || map!.value === 1 || data!.value === 0,
  };
}

export interface MeasuredProgram {
  readonly id: string;
  readonly program: ProgramObject;
  /** What exhaustive search must find. */
  readonly traces: number;
}

export const measured: readonly MeasuredProgram[] = [
  { id: 'inc_4', program: inc(4), traces: 576 },
  { id: 'dining_8', program: dining(8), traces: 255 },
  { id: 'filesystem_18', program: filesystem(18), traces: 32 },
  { id: 'lockinc_6', program: lockinc(6), traces: 720 },
  { id: 'hole_punch_race', program: holePunch(), traces: 3 },
];
