/** The fourteen checks: each with a defect that it finds, as itself, and silent about the same program without the defect. */
import { Validator } from '@lockdep/core';
import { SpinLock } from '@lockdep/locks';
import {
  type BugSwitches,
  dataTags,
  type Errno,
  type Finding,
  type Folio,
  filemapWriteAndWait,
  type Inode,
  immediate,
  type MkwriteCode,
  Mm,
  PlainMachine,
  type Proc,
  pageMkwrite,
  premap,
  truncatePagecacheRange,
  truncateSetsize,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  collapseVersusWrite,
  crossedRenames,
  dedupeVersusStore,
  Ext2Like,
  Ext4Like,
  type FileSystemName,
  FuseLike,
  fsync,
  ftruncate,
  mount,
  nestedReadahead,
  nowaitRead,
  pread,
  preallocate,
  punchHole,
  punchVersusRead,
  pwrite,
  remap,
  type Scenario,
  scenarioProgram,
  truncateDownUp,
  truncateVersusFault,
} from '../src/index.ts';
import { truncateVersusWriteback } from './truncate-versus-writeback.ts';

interface Check {
  /** Number and name, and what it is of those the check says. */
  readonly check: string;
  readonly sign: string;
  /** What the finding is about; file and page. */
  readonly at?: readonly [file: string, index: number];
  readonly fs?: FileSystemName;
  /** The defect: switches, or the program itself. */
  readonly bugs?: BugSwitches;
  /** For a defect that is the absence of a switch. */
  readonly repaired?: BugSwitches;
  /** How many are enough to find it. Default 200. */
  readonly executions?: number;
  readonly program: (defective: boolean) => Pick<Scenario, 'build'>;
  /** Another sign of the same defect, which comes with it or before it. */
  readonly also?: readonly string[];
  /** Said of one finding at least. */
  readonly says?: RegExp;
}

type Kind = new (engine: ConstructorParameters<typeof Ext4Like>[0]) => BlockFileSystem;

const always = (scenario: Pick<Scenario, 'build'>) => () => scenario;

/** One file of two pages, on a file system of the test's own. */
const own =
  (
    Sound: Kind,
    Defective: Kind,
    tasks: (stage: { fs: BlockFileSystem; a: Inode; vma: Vma }) => Readonly<Record<string, () => Proc<unknown>>>,
  ) =>
  (defective: boolean): Pick<Scenario, 'build'> => ({
    build(machine, settings) {
      const Kind = defective ? Defective : Sound;
      const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 }, { Kind });
      const a = fs.create('A', dataTags('A', 'w0', 0, 8));
      const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
      return { engine, tasks: tasks({ fs, a, vma }) };
    },
  });

/** Frees the blocks of the hole while their pages are still in the cache, and may be on their way to disk. */
class FreesFirst extends Ext4Like {
  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    const lock = yield* this.lockForEviction(inode);
    yield* this.inTransaction(() => this.changeMap(inode, (map) => freeAll(this, inode, map)));
    yield* truncatePagecacheRange(inode, from, to);
    yield* this.unlockAfterEviction(inode, lock);
    return null;
  }
}

function* freeAll(fs: BlockFileSystem, inode: Inode, map: ReturnType<BlockFileSystem['info']>['map']): Proc {
  for (const [index, extent] of map.range(0, 2)) {
    map.delete(index);
    if (extent.state !== 'delayed') yield* fs.allocator.release(extent.block, inode, index);
  }
}

/** Sets the size, and leaves the blocks behind it. */
class KeepsBlocks extends Ext2Like {
  override *setattr(inode: Inode, size: number): Proc<Errno | null> {
    const lock = yield* this.takeEvictLock(inode);
    yield* truncateSetsize(inode, size);
    if (lock !== null) yield* lock.upWrite();
    return null;
  }
}

/** Always asks for the fault to be repeated. */
class NeverWritable extends Ext4Like {
  override *pageMkwrite(_vma: Vma, _folio: Folio): Proc<MkwriteCode> {
    return yield* immediate<MkwriteCode>('NOPAGE');
  }
}

/** Truncates with `i_rwsem` alone. */
class TakesNoEvictLock extends Ext4Like {
  override *takeEvictLock(): Proc<null> {
    return yield* immediate(null);
  }
}

/** Asks the block map under a spin lock. */
class SleepsInAtomic extends Ext4Like {
  readonly #spin = new SpinLock({ name: 'sb_lock', validator: this.engine.validator });

  override *pageMkwrite(vma: Vma, folio: Folio): Proc<MkwriteCode> {
    yield* this.#spin.acquire();
    const code = yield* pageMkwrite(vma, folio);
    yield* this.#spin.release();
    return code;
  }
}

/** Looks at its pages with interrupts on, under a lock that the ends of writeback take. */
class LeavesInterruptsOn extends Ext4Like {
  override *fsync(inode: Inode): Proc {
    yield* this.engine.machine.access([], [], 'count pages', () => inode.mapping.xaLock.around(() => {}));
    yield* super.fsync(inode);
  }
}

/** Returns to user space with a lock held. */
class KeepsLock extends Ext4Like {
  override *fsync(inode: Inode): Proc {
    yield* inode.iRwsem.downRead();
    yield* super.fsync(inode);
  }
}

const store = (vma: Vma, at: number) => userStore(vma, at, dataTags('A', 'm1', at, 1)[0]!);

/** One store is written and the next is not: no moment of A has been like what B gets. */
const cloneVersusStores: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const b = fs.create('B');
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
    fs.cache(a, 0);
    fs.cache(a, 1);
    return {
      engine,
      tasks: {
        clone: () => remap(fs, a, b),
        *stores() {
          yield* store(vma, 0);
          yield* store(vma, 4);
          yield* filemapWriteAndWait(a, 1, 1);
        },
      },
    };
  },
};

const alone =
  (code: (stage: { fs: BlockFileSystem; a: Inode }) => Proc<unknown>, size: number = 0): Check['program'] =>
  () => ({
    build(machine, settings) {
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
      const a = fs.create('A', dataTags('A', 'w0', 0, size));
      return { engine, tasks: { task: () => code({ fs, a }) } };
    },
  });

const CHECKS: readonly Check[] = [
  {
    check: '1 stale-block-exposure',
    sign: 'stale-block-exposure',
    at: ['A', 1],
    bugs: { 'fs.readsTakeInvalidateLock': false },
    program: always(punchVersusRead),
    also: ['hole-has-data'],
  },
  {
    check: '2 uninitialised-memory',
    sign: 'uninitialised-memory',
    at: ['A', 0],
    bugs: { 'buffer.unwrittenIsNew': false },
    program: alone(function* ({ fs, a }) {
      yield* preallocate(fs, a, 0, 4);
      yield* pwrite(a, 2, 2, 'w1');
      yield* fsync(a);
      yield* fs.drop(a);
      yield* pread(a, 0, 4);
    }),
  },
  {
    check: '3 lost-write',
    sign: 'lost-write',
    at: ['A', 0],
    bugs: { 'ext4.flushBeforeLocks': true },
    program: always(collapseVersusWrite),
  },
  {
    check: '4 lost-mmap-store',
    sign: 'lost-write',
    at: ['A', 0],
    says: /expected A\[\d\]@m/,
    bugs: { isizeExtendedMkclean: false },
    program: always(truncateDownUp),
  },
  {
    check: '5 beyond-eof-read',
    sign: 'beyond-eof-read',
    at: ['A', 1],
    fs: 'ext2',
    bugs: { 'fault.isizeRecheck': false },
    program: always(truncateVersusFault),
  },
  {
    check: '6 non-zero-tail',
    sign: 'non-zero-tail',
    at: ['A', 0],
    fs: 'xfs',
    bugs: { 'xfs.flushEofPageOnTruncate': false },
    program: always(truncateVersusWriteback),
  },
  {
    check: '7 hole-has-data',
    sign: 'hole-has-data',
    at: ['A', 0],
    bugs: { 'fuse.punchDropsCache': false },
    program: own(FuseLike, FuseLike, ({ fs, a }) => ({
      *task() {
        yield* pread(a, 0, 4);
        yield* punchHole(fs, a, 0, 4);
        yield* pread(a, 0, 4);
      },
    })),
  },
  {
    check: '8 remap-atomicity, dedupe',
    sign: 'remap-atomicity',
    at: ['B', 0],
    fs: 'xfs',
    bugs: { 'remap.lockOutMkwrite': false },
    program: always(dedupeVersusStore),
    also: ['lost-write'],
  },
  {
    check: '8 remap-atomicity, clone',
    sign: 'remap-atomicity',
    at: ['B', 1],
    fs: 'xfs',
    bugs: { 'remap.lockOutMkwrite': false },
    executions: 600,
    program: always(cloneVersusStores),
    also: ['stale-block-exposure'],
  },
  {
    check: '9 writeback-after-free',
    sign: 'writeback-after-free',
    at: ['A', 0],
    also: ['lost-write'],
    program: own(Ext4Like, FreesFirst, ({ fs, a, vma }) => ({
      *sync() {
        yield* store(vma, 0);
        yield* fsync(a);
      },
      punch: () => punchHole(fs, a, 0, 4),
    })),
  },
  {
    check: '10 metadata',
    sign: 'metadata',
    at: ['A', 1],
    fs: 'ext2',
    also: ['non-zero-tail'],
    program: own(Ext2Like, KeepsBlocks, ({ fs, a }) => ({ task: () => ftruncate(fs, a, 4) })),
  },
  {
    check: '11 deadlock',
    sign: 'deadlock',
    fs: 'xfs',
    bugs: { 'xfs.agiOrder': 'argument' },
    also: ['recursive'],
    program: always(crossedRenames),
  },
  {
    check: '12 livelock',
    sign: 'livelock',
    program: own(Ext4Like, NeverWritable, ({ vma }) => ({ task: () => store(vma, 0) })),
  },
  {
    check: '13 lock-order',
    sign: 'recursive',
    fs: 'xfs',
    bugs: { 'xfs.agiOrder': 'argument' },
    also: ['deadlock'],
    program: always(crossedRenames),
  },
  {
    check: '13 recursive-read',
    sign: 'recursive',
    bugs: { 'readahead.recursiveShared': true },
    also: ['deadlock', 'circular'],
    program: always(nestedReadahead),
  },
  {
    check: '13 irq-inversion',
    sign: 'inconsistent-state',
    program: own(Ext4Like, LeavesInterruptsOn, ({ a }) => ({
      *task() {
        yield* pwrite(a, 0, 4, 'w1');
        yield* fsync(a);
      },
    })),
  },
  {
    check: '13 sleep-in-atomic',
    sign: 'invalid-wait-context',
    program: own(Ext4Like, SleepsInAtomic, ({ vma }) => ({ task: () => store(vma, 0) })),
  },
  {
    check: '13 missing-lock',
    sign: 'assertion',
    program: own(Ext4Like, TakesNoEvictLock, ({ fs, a }) => ({ task: () => punchHole(fs, a, 0, 4) })),
  },
  {
    check: '13 nowait-violation',
    sign: 'nowait-violation',
    at: ['A', 0],
    repaired: { 'readahead.nowaitTrylock': true },
    program: always(nowaitRead),
  },
  {
    check: '14 leak',
    sign: 'leak',
    at: ['A', 0],
    also: ['held-at-exit'],
    program: own(Ext4Like, KeepsLock, ({ a }) => ({ task: () => fsync(a) })),
  },
];

/** What came of a program: kinds of findings and failures, and what the validator reports of a few of its runs. */
function signsOf({ program, fs = 'ext4', executions = 200 }: Check, defective: boolean, bugs: BugSwitches) {
  const scenario = program(defective);
  const profile = 'merged';
  const findings: Finding[] = [];
  const explored = explore(
    scenarioProgram(scenario, { fs, profile, bugs }, { onFindings: (found) => findings.push(...found) }),
    { strategy: 'portfolio', validator: null, minimise: 0, budget: { steps: 1_000, executions, ms: 20_000 } },
  );
  const failures = explored.failures
    .map(({ kind }) => kind)
    .filter((kind) => kind === 'deadlock' || kind === 'livelock');
  const reports = Array.from({ length: 10 }, (_, seed) => {
    const validator = new Validator({ sites: false });
    const machine = new PlainMachine({ validator, seed });
    const { tasks } = scenario.build(machine, { fs, profile, bugs, validator, patience: 4 });
    for (const [name, code] of Object.entries(tasks)) machine.spawn(name, code);
    machine.run(2_000);
    return validator.reports.map(({ kind }) => kind);
  });
  return { findings, signs: new Set<string>([...findings.map(({ kind }) => kind), ...failures, ...reports.flat()]) };
}

describe.each(CHECKS)('$check', (check) => {
  const { sign, at, says = /./, bugs = {}, repaired = {}, also = [] } = check;

  test('finds its defect', () => {
    const { findings, signs } = signsOf(check, true, bugs);
    expect([...signs]).toContain(sign);
    expect([...signs].filter((other) => other !== sign && !also.includes(other))).toEqual([]);
    if (at === undefined) return;
    const own = findings.filter(({ kind }) => kind === sign);
    for (const { file, index } of own) expect([file, index]).toEqual(at);
    expect(own.some(({ message }) => says.test(message))).toBe(true);
  });

  test('says nothing without it', () => {
    expect([...signsOf(check, false, repaired).signs]).toEqual([]);
  });
});

test('all fourteen are here', () => {
  const numbers = CHECKS.map(({ check }) => Number.parseInt(check, 10));
  expect([...new Set(numbers)]).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
});
