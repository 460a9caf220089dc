/** Historic defects of block maps, reservations and failed writes; each with its switch found as itself, and without it clean. */
import { Validator } from '@lockdep/core';
import {
  type Act,
  type BugSwitches,
  dataTags,
  Engine,
  immediate,
  PlainMachine,
  PresentBuffer,
  type Proc,
  truncateInodePagesRange,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  Ext4Like,
  failedUnshare,
  failedWriteVersusStore,
  fsync,
  mount,
  preallocate,
  pwrite,
  type Scenario,
  truncateDownUp,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';
import { truncateVersusWriteback } from './truncate-versus-writeback.ts';

/** A write into half of a block that fallocate has made. */
const writeToUnwritten: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A');
    return {
      engine,
      tasks: {
        *write() {
          yield* preallocate(fs, a, 0, 4);
          yield* pwrite(a, 2, 2, 'w1');
          yield* fsync(a);
          yield* fs.drop(a);
        },
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-019',
    scenario: failedWriteVersusStore,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'iomap.punchUnderInvalidateLock': false } },
    shows: { kind: 'lost-write', file: 'A', index: 0 },
    samples: true,
  },
  {
    id: 'PC-076',
    scenario: failedUnshare,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'iomap.punchUnderInvalidateLock': 'recursive' } },
    shows: ['invalidate_lock(A)'],
    samples: true,
  },
  {
    id: 'PC-020',
    scenario: truncateVersusWriteback,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'xfs.flushEofPageOnTruncate': false } },
    shows: { kind: 'non-zero-tail', file: 'A', index: 0 },
  },
  {
    id: 'PC-023',
    scenario: writeToUnwritten,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'buffer.unwrittenIsNew': false } },
    shows: { kind: 'uninitialised-memory', file: 'A', index: 0 },
  },
  {
    id: 'PC-024',
    scenario: truncateDownUp,
    switched: { fs: 'ext4', profile: 'merged', bugs: { isizeExtendedMkclean: false } },
    shows: { kind: 'lost-write', file: 'A', index: 0 },
    samples: true,
  },
]);

/** What the validator says of one task, and the locks it names. */
function reportsOf(bugs: BugSwitches, code: (fs: BlockFileSystem) => Proc<unknown>): string[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, bugs, geometry: { blockSize: 2, filePages: 1, diskBlocks: 4 } });
  const fs = new Ext4Like(engine);
  machine.spawn('task', () => code(fs));
  expect(machine.run().stuck).toEqual([]);
  expect(engine.inspect()).toBe(null);
  return validator.reports.map(({ message }) => message);
}

/** There when it is touched first, and then gone. */
class VanishingBuffer extends PresentBuffer {
  #touches = 0;

  override faultInReadable(): Act<boolean> {
    this.#touches += 1;
    return immediate(this.#touches === 1);
  }
}

describe('PC-010: a write that failed behind the end is truncated away', () => {
  const failing = function* (fs: BlockFileSystem): Proc {
    const a = fs.create('A', dataTags('A', 'w0', 0, 1));
    expect(yield* pwrite(a, 2, 2, 'w1', new VanishingBuffer([]))).toBe('EFAULT');
    expect(fs.allocator.reserved).toBe(0);
  };

  test('with the lock that evicts: nothing to report', () => {
    expect(reportsOf({}, failing)).toEqual([]);
  });

  test('without: truncate asserts it', () => {
    const reports = reportsOf({ 'fs.errorPathTruncateLocks': false }, failing);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain('mapping.invalidate_lock must be held for writing');
  });
});

describe('PC-107: a caller of truncate_inode_pages_range forgets invalidate_lock', () => {
  const forgets = function* (fs: BlockFileSystem): Proc {
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    yield* a.iRwsem.downWrite();
    yield* truncateInodePagesRange(a.mapping, 0, 4);
    yield* a.iRwsem.upWrite();
  };

  test('asserted, it is reported', () => {
    const reports = reportsOf({}, forgets);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain('mapping.invalidate_lock must be held for writing');
  });

  test('with a comment instead of the assertion, nobody knows', () => {
    expect(reportsOf({ assertInvalidateLock: false }, forgets)).toEqual([]);
  });
});
