/** PC-100, PC-101: a directory that is moved and written to at the same time. */
import { dataTags } from '@lockdep/page-cache';
import { createIn, Directory, type Ext4Like, mount, renameDirectory, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/** `sub` moves from D1 to D2, and gets its first name, and with it a block. With `commits`, somebody has the journal committed. */
const moved = (commits: boolean): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { commits });
    fs.create('A', dataTags('A', 'w0', 0, 4));
    const root = new Directory(fs, '/');
    const [d1, d2] = [new Directory(fs, 'D1', root), new Directory(fs, 'D2', root)];
    const sub = new Directory(fs, 'sub', d1);
    const tasks = { rename: () => renameDirectory(d1, d2, sub), create: () => createIn(sub, 'f') };
    return { engine, tasks: commits ? { ...tasks, sync: () => (fs as Ext4Like).journal.commit() } : tasks };
  },
});

reproduceBugs([
  {
    id: 'PC-100',
    scenario: moved(false),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'vfs.renameLocksMovedDirectory': false } },
    shows: { kind: 'metadata', file: 'sub', index: 0 },
  },
  {
    id: 'PC-101',
    scenario: moved(true),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.lockDirUnderTransaction': true } },
    shows: ['i_rwsem(sub)', 'transaction unlocked(ext4)', 'handles(ext4)'],
  },
]);
