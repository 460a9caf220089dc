/** A dirty page over an unwritten block loses its end; writeback may come between the zeroing and the new size. */
import { fsync, ftruncate, mount, preallocate, pwrite, type Scenario } from '../src/index.ts';

export const truncateVersusWriteback: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A');
    return {
      engine,
      tasks: {
        *truncate() {
          yield* preallocate(fs, a, 0, 4);
          yield* pwrite(a, 0, 4, 'w1');
          yield* ftruncate(fs, a, 1);
        },
        writeback: () => fsync(a),
      },
    };
  },
};
