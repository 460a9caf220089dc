/** 24. A buffered write that fails takes back what it reserved, while a fault relies on it; and where the lock for that is held already. */
import { type Act, dataTags, immediate, Mm, PresentBuffer, premap, type Tag, userStore } from '@lockdep/page-cache';
import { fallocate } from '../syscalls/fallocate.ts';
import { fsync } from '../syscalls/fsync.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { remap } from '../syscalls/remap.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/** Memory that is unmapped between the moment a write touches it and its copy. */
class VanishingBuffer extends PresentBuffer {
  #touches = 0;

  override takeAtomic(): Act<readonly Tag[]> {
    return immediate([]);
  }

  override faultInReadable(): Act<boolean> {
    this.#touches += 1;
    return immediate(this.#touches === 1);
  }
}

/**
 * Scenario 24: a write into a hole fails while a store through a mapping makes the same page dirty. Source: Linux v6.2,
 * `fs/xfs/xfs_iomap.c: xfs_buffered_write_delalloc_punch`.
 */
export const failedWriteVersusStore: Scenario = {
  id: 24,
  title: 'write(A), a hole, from memory that vanishes ∥ store A[1] through a mapping, then fsync',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, {
      fs: 'xfs',
      bugs: { 'iomap.punchUnderInvalidateLock': false },
      verdict: 'corruption',
      finding: { kind: 'lost-write', file: 'A', index: 0 },
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.createHole('A', 4);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        write: () => pwrite(a, 0, 4, 'w1', new VanishingBuffer()),
        *store() {
          yield* userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!);
          yield* fsync(a);
          yield* fs.drop(a);
        },
      },
    };
  },
};

/**
 * Scenario 24, the other half: the write is that of an unshare, which holds invalidate_lock. Source: Linux v6.12,
 * `fs/iomap/buffered-io.c: iomap_file_unshare`.
 */
export const failedUnshare: Scenario = {
  id: 24,
  title: 'A and B share a block: unshare of A, whose read may fail (EIO) ∥ store A[1] through a mapping',
  cells: [
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, {
      fs: 'xfs',
      bugs: { 'iomap.punchUnderInvalidateLock': 'recursive' },
      verdict: 'deadlock',
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 8 }, { faults: { read: 1 } });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B');
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        *unshare() {
          yield* remap(fs, a, b);
          yield* fallocate(fs, a, 'unshare-range', 0, 4, { keepSize: true });
        },
        store: () => userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!),
      },
    };
  },
};
