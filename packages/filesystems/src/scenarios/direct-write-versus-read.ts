/** 18. An asynchronous direct write against buffered reads: what they bring into the cache while it is under way has to go when it is over. */
import { dataTags } from '@lockdep/page-cache';
import { aioWrite } from '../syscalls/aio.ts';
import { pread } from '../syscalls/pread.ts';
import { ALL, type Cell, cellsFor, mount, type Scenario } from './scenario.ts';

const old = { kind: 'lost-write', file: 'A', index: 0 } as const;

/** XFS reads hold a lock that the write holds too, which makes for more interleavings. */
const effortFor = (fs: string): Pick<Cell, 'effort'> => (fs === 'xfs' ? { effort: 'long' } : {});

/** Scenario 18: a direct write in place. Old bytes stay in the cache where nothing is dropped when it is over. */
export const directWriteVersusRead: Scenario = {
  id: 18,
  title: 'direct AIO write(A) ∥ pread(A)',
  cells: [
    ...(['ext2', 'ext4', 'ceph'] as const).flatMap((fs) => cellsFor(ALL, { fs, verdict: 'clean' })),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...(['ext2', 'ext4', 'xfs'] as const).flatMap((fs) =>
      cellsFor(ALL, {
        fs,
        bugs: { 'dio.invalidateAtCompletion': false },
        verdict: 'corruption',
        finding: old,
      }),
    ),
    ...cellsFor(ALL, {
      fs: 'ceph',
      bugs: { 'ceph.directWriteInvalidates': false },
      verdict: 'corruption',
      finding: old,
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { readaheadPages: -1 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    return {
      engine,
      tasks: {
        *write() {
          const request = yield* aioWrite(a, 0, 4, 'w1');
          yield* request.wait();
        },
        read: () => pread(a, 0, 4),
      },
    };
  },
};

/** The same into a hole, whose new block reads as zeroes until the write is over. */
export const directWriteIntoHole: Scenario = {
  id: 18,
  title: 'direct AIO write(A) into a hole ∥ pread(A)',
  cells: [
    ...(['ext4', 'xfs'] as const).flatMap((fs) => [
      ...cellsFor(ALL, { fs, verdict: 'clean', ...effortFor(fs) }),
      ...cellsFor(ALL, { fs, bugs: { 'dio.invalidateBeforeEndIo': true }, verdict: 'corruption', finding: old }),
    ]),
    // Holes are filled through the page cache.
    ...cellsFor(ALL, { fs: 'ext2', verdict: 'clean', effort: 'long' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { readaheadPages: -1 });
    const a = fs.createHole('A', 4);
    return {
      engine,
      tasks: {
        *write() {
          const request = yield* aioWrite(a, 0, 4, 'w1');
          yield* request.wait();
        },
        read: () => pread(a, 0, 4),
      },
    };
  },
};

/**
 * A direct write that makes the file longer: a reader fills its page by the old size and copies by the new one, zeroes that were never there.
 * All kernels have it.
 */
export const growingDirectWrite: Scenario = {
  id: 18,
  title: 'direct write(A) of the second of two blocks of a page, a new one ∥ pread(A)',
  cells: (['ext2', 'ext4', 'xfs'] as const).flatMap((fs) => [
    ...cellsFor(ALL, { fs, verdict: 'corruption', finding: old }),
    ...cellsFor(ALL, { fs, bugs: { 'read.smallerSize': true }, verdict: 'clean', ...effortFor(fs) }),
  ]),
  build(machine, settings) {
    const { engine, fs } = mount(
      machine,
      settings,
      { filePages: 1, diskBlocks: 4, blockSize: 2 },
      { readaheadPages: -1 },
    );
    const a = fs.create('A', dataTags('A', 'w0', 0, 2));
    return {
      engine,
      tasks: {
        *write() {
          const request = yield* aioWrite(a, 2, 2, 'w1');
          yield* request.wait();
        },
        read: () => pread(a, 0, 4),
      },
    };
  },
};
