/**
 * 17. Writing the pages of one file under s_writepages_rwsem, while a file changes its journal flag, and memory may be short: reclaim then
 * drops the inode of a third file, and writes that one first.
 */
import { dataTags, type Inode, markDirty } from '@lockdep/page-cache';
import { Ext4Like } from '../ext4-like.ts';
import { inodeShrinker } from '../kswapd.ts';
import { fsync } from '../syscalls/fsync.ts';
import { AFTER, cellsFor, mount, type Scenario } from './scenario.ts';

/** Scenario 17: two shared holders of one rwsem in one task, and a writer that queues between them. */
export const writepagesUnderPressure: Scenario = {
  id: 17,
  title: 'fsync(A), memory short: inode of C written and dropped ∥ journal flag of B changed',
  cells: [
    ...cellsFor(AFTER, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'ext4', bugs: { 'ext4.writepagesNofs': false }, verdict: 'deadlock' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(
      machine,
      settings,
      { filePages: 1, diskBlocks: 6 },
      { directReclaim: 'global', changesFlags: true },
    );
    const ext4 = fs as Ext4Like;
    if (!(fs instanceof Ext4Like)) throw new TypeError(`${settings.fs} has no s_writepages_rwsem`);
    const make = (name: string): Inode => fs.create(name, dataTags(name, 'w0', 0, 4));
    const [a, b, c] = [make('A'), make('B'), make('C')];
    for (const inode of [a, c]) {
      fs.cache(inode, 0);
      markDirty(inode.mapping.peek(0)!);
    }
    engine.memory.shrinkers.push(inodeShrinker(fs, 'C'));
    return { engine, tasks: { fsync: () => fsync(a), journal: () => ext4.changeJournalFlag(b) } };
  },
};
