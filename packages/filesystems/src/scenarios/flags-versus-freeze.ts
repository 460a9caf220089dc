/** 16. An ioctl changes an inode's flags while the file system is frozen and somebody writes the file. */
import { dataTags } from '@lockdep/page-cache';
import { freeze, thaw } from '../syscalls/freeze.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { setFlags } from '../syscalls/set-flags.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/** Scenario 16: freeze level 1 inside `i_rwsem`. Deadlocks there: the write has the level and wants the lock. */
export const flagsVersusFreeze: Scenario = {
  id: 16,
  title: 'ioctl(SETFLAGS, A) ∥ freeze, thaw ∥ write(A)',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'ext4', bugs: { 'vfs.startWriteInsideIrwsem': true }, verdict: 'deadlock' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { freezes: true });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    return {
      engine,
      tasks: {
        ioctl: () => setFlags(fs, a),
        freeze: function* () {
          yield* freeze(fs);
          yield* thaw(fs);
        },
        write: () => pwrite(a, 0, 1, 'w1'),
      },
    };
  },
};
