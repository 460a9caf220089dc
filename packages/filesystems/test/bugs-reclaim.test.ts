/** Historic defects of reclaim and writeback: what an allocation may come back to. */
import { dataTags, folioShrinker, markDirty } from '@lockdep/page-cache';
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

reproduceBugs([
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
