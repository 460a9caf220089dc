/** Historic defects of reclaim and writeback: what an allocation may come back to. */
import {
  dataTags,
  endWriteback,
  folioShrinker,
  lockFolioAt,
  markDirty,
  migratePages,
  type Proc,
  startWriteback,
} from '@lockdep/page-cache';
import { fsync, kswapd, mount, nestedReadahead, type Scenario, writepagesUnderPressure } from '../src/index.ts';
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

reproduceBugs([
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
