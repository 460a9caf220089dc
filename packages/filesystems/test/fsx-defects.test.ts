/** Defects that fsx finds by itself: the switch on, a seed that fails, the log cut down; and the same log with the switch off. */
import { dataTags, Engine, Mm, munmap, PlainMachine, premap, userStore } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  type FsxSettings,
  fileSystemKinds,
  formatFsxEntry,
  fsxGeometry,
  fsync,
  minimiseFsx,
  parseFsxLog,
  pread,
  pwrite,
  replayFsx,
  runFsx,
} from '../src/index.ts';

interface Target {
  readonly settings: FsxSettings;
  readonly seed: number;
  readonly message: RegExp;
  /** Operations that have to be left in the log. */
  readonly needs: readonly string[];
  readonly most: number;
}

const targets: Readonly<Record<string, Target>> = {
  'unshare range makes a shared block dirty that it has not read (PC-022)': {
    settings: { fs: 'xfs', bugs: { 'iomap.unshareReads': false }, background: false },
    seed: 1,
    message: /is uninit/,
    needs: ['fallocate'],
    most: 7,
  },
  'a write into an unwritten block keeps what was in memory around it': {
    settings: { fs: 'ext4', bugs: { 'buffer.unwrittenIsNew': false }, background: false },
    seed: 1,
    message: /is uninit/,
    needs: [],
    most: 4,
  },
  'a direct write does not drop what was cached meanwhile': {
    settings: { fs: 'ext4', bugs: { 'dio.invalidateAtCompletion': false }, direct: true },
    seed: 3,
    message: /^lost-write: /,
    needs: ['readahead', 'write'],
    most: 4,
  },
  'a file that grows keeps what was stored past its end (generic/363)': {
    settings: {
      ...{ fs: 'xfs', profile: 'latest', bugs: { 'xfs.zeroesOldEnd': false }, pollutesEof: true },
      background: false,
      geometry: { blockSize: 16 },
    },
    seed: 1,
    message: /junk/,
    needs: [],
    most: 4,
  },
};

describe('fsx finds and cuts down', () => {
  for (const [name, { settings, seed, message, needs, most }] of Object.entries(targets)) {
    test(name, () => {
      const { failure, log } = runFsx({ ...settings, seed, operations: 2_000 });
      expect(failure).not.toBe(null);
      const found = minimiseFsx(settings, log, failure!);
      const names = found!.log.map(({ op }) => op);
      expect(found!.failure.message).toMatch(message);
      expect(names).toEqual(expect.arrayContaining([...needs]));
      expect(names.length).toBeLessThanOrEqual(most);
      const { bugs: _, ...sound } = settings;
      for (const schedule of [undefined, 1, 2, 3]) {
        expect(replayFsx(sound, found!.log, schedule).failure).toBe(null);
      }
      // What is printed is enough to see it again.
      const printed = found!.log.map(formatFsxEntry).join('\n');
      expect(replayFsx(settings, parseFsxLog(printed), found!.schedule ?? undefined).failure).toEqual(found!.failure);
    });
  }
});

describe('junk past the end of the file (generic/363)', () => {
  const pollution = { profile: 'latest', pollutesEof: true } as const;

  test.each(['xfs', 'ext4'] as const)('%s, latest: nothing of it is ever part of the file', (fs) => {
    for (let seed = 1; seed <= 3; seed++) {
      const { failure, log } = runFsx({ ...pollution, fs, seed, operations: 400 });
      expect(failure === null ? null : { failure, last: log.slice(-5) }).toBe(null);
    }
  });

  test('xfs as merged zeroes the block of the old end, and no others of its page', () => {
    const log = parseFsxLog('truncate 0x0 0x28\ntruncate 0x0 0x6e\nread 0x2a 0x2e');
    const settings = { fs: 'xfs', profile: 'merged', pollutesEof: true } as const;
    expect(replayFsx(settings, log).failure?.message).toBe('read: byte 42 is A[42]@junk2, should be zero');
    expect(replayFsx({ ...settings, geometry: { blockSize: 16 } }, log).failure).toBe(null);
  });

  test('ext4 as merged, and ext2 in every state, leave it', () => {
    const log = parseFsxLog('truncate 0x0 0x2a\ntruncate 0x0 0x6e\nread 0x2a 0x2e');
    for (const [fs, profile] of [
      ['ext4', 'merged'],
      ['ext2', 'merged'],
      ['ext2', 'latest'],
    ] as const) {
      const settings = { fs, profile, pollutesEof: true, geometry: { blockSize: 16 } } as const;
      expect(replayFsx(settings, log).failure?.message).toMatch(/byte 42 is A\[42\]@junk2/);
    }
  });
});

describe('a direct write behind the end, then a store to the page of the old end', () => {
  // The kernel's own hole, where blocks are smaller than pages: only buffered writes and truncates write-protect that page, so the store
  // asks for no block, and writeback has nowhere to put it.
  test.each([
    [true, ['lost-write']],
    [false, []],
  ] as const)('direct: %s', (direct, kinds) => {
    const machine = new PlainMachine();
    const engine = new Engine({ machine, geometry: fsxGeometry });
    const fs = new fileSystemKinds.ext4(engine);
    const file = fs.create('A', dataTags('A', 'w0', 0, 6));
    const vma = premap(new Mm(engine, 'mm'), file, { pages: 2 });
    const store = (at: number, write: string) => userStore(vma, at, dataTags('A', write, at, 1)[0]!);
    machine.spawn('t', function* () {
      yield* store(4, 'm1');
      yield* pwrite(file, 16, 4, 'w1', undefined, { direct });
      yield* store(12, 'm2');
      yield* fsync(file);
      yield* munmap(vma);
      yield* fs.drop(file);
      yield* pread(file, 0, 20);
    });
    expect(machine.run().stuck).toEqual([]);
    engine.inspect();
    expect([...new Set(engine.oracle.findings.map(({ kind }) => kind))]).toEqual(kinds);
  });

  test('fsx keeps out of its way', () => {
    const log = parseFsxLog('mapwrite 0x56 0x14\nwrite 0x7c 0x4\nmapwrite 0x6c 0xc\nread 0x54 0x1c');
    expect(replayFsx({ fs: 'ext4', keepsMapped: true, direct: true }, log).failure).toBe(null);
  });
});
