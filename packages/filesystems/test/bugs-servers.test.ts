/** Historic defects of file systems whose data change elsewhere; of an assertion that asked the wrong lock; and of a lock that was not needed. */
import { Validator } from '@lockdep/core';
import {
  type BugSwitches,
  dataTags,
  filemapInvalidateLock,
  filemapInvalidateUnlock,
  Mm,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  userLoad,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  BlockDeviceLike,
  FuseLike,
  mount,
  pread,
  punchHole,
  type Scenario,
  type ScenarioSettings,
  ServerLike,
  scenarioProgram,
  XfsLike,
} from '../src/index.ts';
import { type Bug, reproduceBugs } from './reproduce-bug.ts';

type Kind = typeof ServerLike | typeof FuseLike | typeof BlockDeviceLike;

/** A page of data elsewhere that is punched while somebody reads it, or loads from it. */
const punched = (Server: Kind, by: 'load' | 'read'): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const fs = new Server(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    const reader = by === 'load' ? () => userLoad(vma, 1) : () => pread(a, 0, 4);
    return { engine, tasks: { punch: () => punchHole(fs, a, 0, 4), [by]: reader } };
  },
});

const inProfile = ({ build }: Pick<Scenario, 'build'>, profile: Profile): Pick<Scenario, 'build'> => ({
  build: (machine, settings) => build(machine, { ...settings, profile }),
});

/** One that the series has repaired: found before it, not as merged. */
function before(id: string, scenario: Pick<Scenario, 'build'>, samples: boolean = false): Bug {
  const switched: ScenarioSettings = { fs: 'ceph', profile: 'before' };
  return {
    id,
    scenario,
    switched,
    samples,
    sound: inProfile(scenario, 'merged'),
    shows: { kind: 'hole-has-data', file: 'A', index: 0 },
  };
}

const alone = (
  Server: Kind,
  code: (stage: { fs: ServerLike; engine: ReturnType<typeof mount>['engine'] }) => Proc<unknown>,
): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const fs = new Server(engine);
    return { engine, tasks: { task: () => code({ fs, engine }) } };
  },
});

reproduceBugs([
  before('PC-005', punched(ServerLike, 'load')),
  // The same race, at another server.
  before('PC-006', punched(ServerLike, 'load'), true),
  before('PC-007', punched(BlockDeviceLike, 'read')),
  {
    id: 'PC-026',
    scenario: alone(ServerLike, function* ({ fs }) {
      const a = fs.create('A', dataTags('A', 'w0', 0, 8));
      const b = fs.create('B', dataTags('B', 'w0', 0, 8));
      fs.cache(b, 0);
      yield* fs.copyThere(a, b, 0, 1, 5);
      yield* pread(b, 0, 8);
    }),
    switched: { fs: 'ceph', profile: 'latest', bugs: { 'netfs.copyTruncates': true } },
    shows: { kind: 'lost-write', file: 'B', index: 0 },
  },
  {
    id: 'PC-034',
    scenario: alone(FuseLike, function* ({ fs }) {
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      yield* pread(a, 0, 4);
      yield* punchHole(fs, a, 0, 4);
      yield* pread(a, 0, 4);
    }),
    switched: { fs: 'ceph', profile: 'latest', bugs: { 'fuse.punchDropsCache': false } },
    shows: { kind: 'hole-has-data', file: 'A', index: 0 },
  },
]);

/** What the validator says of a fault with readahead, which holds invalidate_lock and not i_rwsem, and of one who forgets that lock. */
function asserted(bugs: BugSwitches, forgets: boolean): readonly string[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  class Forgetful extends XfsLike {
    override evictLock(): null {
      return null;
    }
  }
  const settings = { fs: 'xfs', profile: 'latest', bugs, validator } as const;
  const { engine, fs } = mount(machine, forgets ? { ...settings, Candidate: Forgetful } : settings, {});
  const a = fs.create('A', dataTags('A', 'w0', 0, 8));
  const vma = premap(new Mm(engine, 'mm'), a, { pages: 1, advice: 'sequential' });
  machine.spawn('task', () => (forgets ? punchHole(fs, a, 0, 4) : userLoad(vma, 0)));
  machine.run();
  return validator.reports.map(({ kind }) => kind);
}

describe('PC-079', () => {
  test('the assertion asks i_rwsem: it misfires in a fault, and passes where invalidate_lock is not held', () => {
    const bugs = { 'xfs.assertChecksWrongLock': true };
    expect(asserted(bugs, false)).toEqual(['assertion']);
    expect(asserted(bugs, true)).toEqual([]);
  });

  test('it asks invalidate_lock', () => {
    expect(asserted({}, false)).toEqual([]);
    expect(asserted({}, true)).toEqual(['assertion']);
  });
});

/** Whether some schedule lets a fault on a cached page end while somebody holds invalidate_lock exclusively; all schedules are tried. */
function faultsInside(profile: Profile): boolean {
  let seen = false;
  const scenario: Pick<Scenario, 'build'> = {
    build(machine, settings) {
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      fs.cache(a, 0);
      const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
      const region = machine.region('holder');
      let inside = false;
      const mark = (value: boolean) =>
        machine.access([], [region], 'mark', () => {
          inside = value;
        });
      const holder = function* () {
        yield* filemapInvalidateLock(a.mapping);
        yield* mark(true);
        yield* mark(false);
        yield* filemapInvalidateUnlock(a.mapping);
      };
      const fault = function* () {
        const start = yield* machine.access([region], [], 'inside?', () => inside);
        yield* userLoad(vma, 0);
        const end = yield* machine.access([region], [], 'still inside?', () => inside);
        seen ||= start && end;
      };
      return { engine, tasks: { holder, fault } };
    },
  };
  const program = scenarioProgram(scenario, { fs: 'ext4', profile });
  const result = explore(program, { strategy: 'source-dpor', minimise: 0, budget: { executions: 20_000, ms: 80_000 } });
  expect(result.exhausted).toBe(true);
  return seen;
}

test('PC-108: as first posted every fault waits for who holds invalidate_lock exclusively; as merged those on cached pages do not', () => {
  expect((['seed', 'merged', 'latest'] as const).map(faultsInside)).toEqual([false, true, true]);
});
