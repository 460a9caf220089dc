/** Historic defects of reclaim and writeback: what an allocation may come back to. */
import { LockKey, Validator } from '@lockdep/core';
import type { Completion } from '@lockdep/locks';
import {
  AnnotatedLock,
  allocPages,
  dataTags,
  Engine,
  type Errno,
  endWriteback,
  type Folio,
  filemapWriteAndWait,
  folioShrinker,
  GFP_KERNEL,
  lockFolioAt,
  Mm,
  markDirty,
  migratePages,
  nofsScope,
  PlainMachine,
  type Proc,
  premap,
  startWriteback,
  userLoad,
  waitOnFolioWriteback,
} from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import {
  type CephLike,
  Ext4Like,
  evictInode,
  FuseDaxLike,
  fsync,
  kswapd,
  mount,
  nestedReadahead,
  pread,
  pwrite,
  type Scenario,
  writepagesUnderPressure,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/** A page that reclaim has met dirty goes under writeback; before its I/O is submitted, memory is short for its cgroup. */
const unsubmitted: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 2 }, { directReclaim: 'memcg' });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    markDirty(a.mapping.peek(0)!);
    engine.memory.shrinkers.push(folioShrinker(a.mapping, 0));
    return { engine, tasks: { fsync: () => fsync(a), kswapd: () => kswapd(fs) } };
  },
};

/** A loop device's worker: the writeback of A[1] ends when it has had A[0]. */
const batch: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 2 });
    const { mapping } = fs.create('A', dataTags('A', 'w0', 0, 8));
    fs.cache(mapping.host, 0);
    fs.cache(mapping.host, 1);
    function* loop(): Proc {
      const written = (yield* lockFolioAt(mapping, 1))!;
      yield* startWriteback(written);
      yield* written.lock.release();
      const needed = (yield* lockFolioAt(mapping, 0))!;
      yield* needed.unlockAndPut();
      yield* endWriteback(written);
      yield* written.put();
    }
    return { engine, tasks: { loop, migrate: () => migratePages(mapping, 0, 1) } };
  },
};

/** A worker frees the range that the fault needs. */
const daxFault: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 2 }, { Kind: FuseDaxLike });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    const free = (): Proc => (fs as FuseDaxLike).freeRange(a);
    return { engine, tasks: { load: () => userLoad(vma, 0), free } };
  },
};

/** Written, a snapshot, written again. */
const snapshots: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 2 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    function* write(): Proc {
      yield* pwrite(a, 0, 2, 'w1');
      yield* pwrite(a, 1, 2, 'w2');
    }
    return { engine, tasks: { write, snapshot: () => (fs as CephLike).snapshot() } };
  },
};

const lastReference: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 2 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    markDirty(a.mapping.peek(0)!);
    return { engine, tasks: { flusher: () => fs.icache.writeback('A'), kswapd: () => kswapd(fs, { inodes: ['A'] }) } };
  },
};

/** A file system whose reads go wrong or wait, beside two readers of a page of which half is dirty. */
const readers = (Kind: NonNullable<NonNullable<Parameters<typeof mount>[3]>['Kind']>): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4, blockSize: 2 }, { Kind });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0, [0]);
    markDirty(a.mapping.peek(0)!);
    return { engine, tasks: { read: () => pread(a, 2, 2) } };
  },
});

/** A cluster lock cannot be had: the folio is unlocked, or not. */
const failing = (unlocks: boolean) =>
  class extends Ext4Like {
    override *readFolio(folio: Folio): Proc<Completion | Errno | null> {
      if (unlocks) yield* folio.lock.release();
      return 'EIO';
    }
  };

/** What is dirty in the range is flushed before it is read; or only waited for, where it is under way. */
const flushing = (flushes: boolean) =>
  class extends Ext4Like {
    override *readFolio(folio: Folio): Proc<Completion | Errno | null> {
      if (flushes) yield* filemapWriteAndWait(folio.inode, folio.index, folio.index);
      else yield* waitOnFolioWriteback(folio);
      return yield* super.readFolio(folio);
    }
  };

reproduceBugs([
  {
    id: 'PC-045',
    scenario: readers(failing(false)),
    sound: readers(failing(true)),
    switched: { fs: 'ext4', profile: 'merged' },
    shows: { kind: 'leak', file: 'A', index: 0 },
  },
  {
    id: 'PC-066',
    scenario: daxFault,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fuse.inlineReclaimUnderFault': true } },
    shows: ['invalidate_lock(A)'],
  },
  {
    id: 'PC-081',
    scenario: readers(flushing(true)),
    sound: readers(flushing(false)),
    switched: { fs: 'ext4', profile: 'merged' },
    shows: ['folio(A,0)'],
  },
  {
    id: 'PC-083',
    scenario: snapshots,
    switched: { fs: 'ceph', profile: 'merged', bugs: { 'netfs.retryLeaksFolio': true } },
    shows: ['folio(A,0)'],
  },
  {
    id: 'PC-092',
    scenario: lastReference,
    switched: { fs: 'ceph', profile: 'merged', bugs: { 'fs.iputInWriteback': true } },
    shows: ['I_SYNC(A)'],
  },
  {
    id: 'PC-075',
    scenario: batch,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'migrate.batchWaits': true } },
    shows: ['folio(A,0)', 'writeback folio(A,1)'],
  },
  {
    id: 'PC-084',
    scenario: writepagesUnderPressure,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.writepagesNofs': false } },
    shows: ['s_writepages_rwsem(ext4)'],
  },
  {
    id: 'PC-086',
    scenario: unsubmitted,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'writepages.nofsScope': false } },
    shows: ['writeback folio(A,0)'],
  },
  {
    id: 'PC-080',
    scenario: nestedReadahead,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'readahead.recursiveShared': true } },
    shows: ['invalidate_lock(A)'],
  },
]);

const dqio = new LockKey({ name: '&s->s_dquot.dqio_sem', kind: 'rwsem' });

/** The reports of two tasks, one after the other: what allocates under freeze protection, and kswapd that evicts an unlinked inode. */
function reportsOf(allocates: (fs: Ext4Like, quota: AnnotatedLock) => Proc): string[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, freezes: true });
  const fs = new Ext4Like(engine);
  const gone = fs.create('gone', dataTags('gone', 'w0', 0, 4));
  const quota = new AnnotatedLock(machine, validator, dqio, 'dqio_sem');
  machine.spawn('allocates', () => allocates(fs, quota));
  machine.spawn('kswapd', function* () {
    engine.memory.enterReclaim(GFP_KERNEL);
    yield* evictInode(fs, gone, 'unlinked');
    engine.memory.leaveReclaim(GFP_KERNEL);
  });
  expect(machine.run().stuck).toEqual([]);
  return validator.reports.map(({ message }) => message);
}

function* initialiseQuota(fs: Ext4Like, quota: AnnotatedLock): Proc {
  quota.acquire();
  yield* allocPages(fs.engine, GFP_KERNEL);
  quota.release();
}

test('PC-088: quota set up under sb_internal allocates, and eviction in reclaim takes sb_internal', () => {
  const within = reportsOf(function* (fs, quota) {
    yield* fs.sb.internal.acquireRead();
    yield* initialiseQuota(fs, quota);
    yield* fs.sb.internal.releaseRead();
  });
  expect(within).toEqual(['sb_internal is wanted under fs_reclaim, which has been wanted under it']);
  const before = reportsOf(function* (fs, quota) {
    yield* initialiseQuota(fs, quota);
    yield* fs.sb.internal.acquireRead();
    yield* fs.sb.internal.releaseRead();
  });
  expect(before).toEqual([]);
});

test('PC-090: a freeze that allocates with sb_internal held is reported, though no inode is left to evict; a NOFS scope says so', () => {
  const freeze = (scoped: boolean): string[] =>
    reportsOf(function* ({ engine, sb }) {
      yield* sb.internal.freeze();
      const allocate = (): Proc => allocPages(engine, GFP_KERNEL);
      yield* scoped ? nofsScope(engine, allocate) : allocate();
      yield* sb.internal.thaw();
    });
  expect(freeze(false)).toEqual(['sb_internal is wanted under fs_reclaim, which has been wanted under it']);
  expect(freeze(true)).toEqual([]);
});
