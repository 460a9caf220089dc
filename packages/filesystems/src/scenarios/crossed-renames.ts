/** 14. Two renames with a whiteout, over last links, in two directories: what they need of two allocation groups is the other way round. */
import { AgiBuffers, renameWhiteout } from '../agi-buffers.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/** Scenario 14: deadlocks where AGI buffers are locked in the order in which rename comes to need them (PC-103). */
export const crossedRenames: Scenario = {
  id: 14,
  title: 'rename with whiteout in group 1 over a file of group 0 ∥ the same the other way round',
  cells: [
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'xfs', bugs: { 'xfs.agiOrder': 'argument' }, verdict: 'deadlock' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 8 });
    const buffers = new AgiBuffers(fs, 2);
    const [d1, d2] = [fs.mkdir('D1'), fs.mkdir('D2')];
    const [a, b, c, d] = ['A', 'B', 'C', 'D'].map((name) => fs.create(name));
    return {
      engine,
      tasks: {
        up: () => renameWhiteout(buffers, d1, a!, b!, [1, 0]),
        down: () => renameWhiteout(buffers, d2, c!, d!, [0, 1]),
      },
    };
  },
};
