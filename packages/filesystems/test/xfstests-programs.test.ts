/**
 * Small programs of xfstests (commit 63a29724), scaled to pages of 16 bytes and blocks of 4: what each leaves in the file, seen before and
 * after everything has been written and dropped from the cache ("remounted").
 */
import {
  type BugSwitches,
  dataTags,
  Engine,
  type Inode,
  Mm,
  mremap,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  type Tag,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  type FileSystemName,
  fallocate,
  fileSystemKinds,
  fsync,
  ftruncate,
  parseFsxLog,
  pread,
  punchHole,
  pwrite,
  remap,
  replayFsx,
} from '../src/index.ts';

const KINDS = ['ext2', 'ext4', 'xfs'] as const satisfies FileSystemName[];
const PROFILES = ['merged', 'latest'] as const satisfies Profile[];
const geometry = { pageSize: 16, blockSize: 4, filePages: 4, diskBlocks: 64 };

/** A file of one program, its mapping, and short words for what programs do to it. */
class File {
  readonly fs: BlockFileSystem;
  readonly inode: Inode;
  vma: Vma;

  constructor(fs: BlockFileSystem, name: string, content: readonly Tag[] = []) {
    this.fs = fs;
    this.inode = fs.create(name, content);
    this.vma = premap(new Mm(fs.engine, `mm of ${name}`), this.inode, { pages: geometry.filePages });
  }

  /** As long as the pages that have some of the first `size` bytes. */
  *mremap(size: number): Proc {
    this.vma = yield* mremap(this.vma, Math.ceil(size / geometry.pageSize));
  }

  /** `mwrite -S what from length` */
  *mwrite(what: string, from: number, length: number): Proc {
    for (const tag of dataTags(this.inode.name, what, from, length)) {
      expect(yield* userStore(this.vma, tag.offset, tag)).toBe(true);
    }
  }

  truncate(size: number): Proc<unknown> {
    return ftruncate(this.fs, this.inode, size);
  }

  /** Everything to disk, and nothing left in the cache. */
  *remount(): Proc {
    yield* fsync(this.inode);
    yield* this.fs.drop(this.inode);
    for (let page = 0; page < geometry.filePages; page++) expect(this.inode.mapping.peek(page)).toBe(null);
  }

  /** The whole file in runs, as `X8 Y12`; zeroes are `0`. */
  *content(): Proc<string> {
    const tags = yield* pread(this.inode, 0, this.inode.size);
    return typeof tags === 'string' ? tags : runs(tags);
  }
}

function runs(tags: readonly Tag[]): string {
  const found: [string, number][] = [];
  for (const { origin, write } of tags) {
    const name = origin === 'zero' ? '0:' : write;
    const last = found.at(-1);
    if (last?.[0] === name) last[1] += 1;
    else found.push([name, 1]);
  }
  return found.map(([name, count]) => `${name}${count}`).join(' ');
}

interface Setup {
  readonly fs: FileSystemName;
  readonly profile: Profile;
  readonly bugs?: BugSwitches;
}

/** What the file holds after a program, before and after remounting; the oracle has to agree. */
function contentAfter(setup: Setup, program: (file: File) => Proc<unknown>): [string, string] {
  const machine = new PlainMachine();
  const engine = new Engine({ ...setup, machine, geometry });
  const file = new File(new fileSystemKinds[setup.fs](engine), 'A');
  const seen: [string, string] = ['', ''];
  machine.spawn('program', function* () {
    yield* program(file);
    seen[0] = yield* file.content();
    yield* file.remount();
    seen[1] = yield* file.content();
  });
  expect(machine.run().stuck).toEqual([]);
  expect(setup.bugs === undefined ? engine.inspect() : null).toBe(null);
  return seen;
}

/** generic/029 with its three sets of numbers, 5120, 2048 and 1024 being 20, 8 and 4 here. */
function* program029(file: File, [full, cut, between]: readonly number[], extra: boolean): Proc {
  yield* file.truncate(full!);
  yield* pwrite(file.inode, 0, full!, 'X');
  yield* file.mwrite('Z', cut!, full! - cut!);
  yield* file.truncate(cut!);
  if (extra) yield* file.mwrite('W', between!, cut! - between!);
  yield* file.truncate(full!);
  yield* file.mwrite('Y', cut!, full! - cut!);
}

/** generic/030: the file shrinks and grows at its last page, and its mapping with it, 5017k and 5020k being `cut` and `full` here. */
function* program030(file: File, [cut, full]: readonly [number, number]): Proc {
  yield* pwrite(file.inode, 0, cut, 'X');
  yield* file.mremap(cut);
  yield* file.truncate(full);
  yield* file.mremap(full);
  yield* file.mwrite('W', cut, full - cut);
  yield* file.mremap(cut);
  yield* file.truncate(cut);
  yield* file.truncate(full);
  yield* file.mremap(full);
  yield* file.mwrite('Y', cut, full - cut);
}

/** generic/567: a hole through mapped pages that are stored to again. */
function* program567(file: File): Proc {
  yield* pwrite(file.inode, 0, 48, 'X');
  yield* file.mwrite('Z', 8, 32);
  yield* punchHole(file.fs, file.inode, 8, 32);
  yield* file.mwrite('Y', 8, 32);
}

/** generic/758: the same with a zeroed range. */
function* program758(file: File): Proc {
  yield* pwrite(file.inode, 0, 48, 'X');
  yield* file.mwrite('Z', 8, 32);
  yield* fallocate(file.fs, file.inode, 'zero-range', 8, 32);
  yield* file.mwrite('Y', 8, 32);
}

/** The replay programs, every number divided by 256; offsets of less than a block are 2. */
const replays: Readonly<Record<string, string>> = {
  'generic/469, program 0': `
    fallocate 0x0 0x10 * keep_size
    write 0x0 0x10
    truncate 0x0 0x2
    punch_hole 0x0 0x2
    mapread 0x0 0x2`,
  'generic/469, program 1': `
    fallocate 0x0 0x10 * keep_size
    write 0x0 0x10
    truncate 0x0 0x2
    mapread 0x0 0x2`,
  'generic/469, program 2': `
    fallocate 0x0 0x10
    write 0x0 0x10
    truncate 0x0 0x2
    punch_hole 0x0 0x2
    mapread 0x0 0x2`,
  'generic/469, program 3': `
    fallocate 0x358 0xa8 * keep_size
    write 0x2aa 0xc4
    truncate 0x0 0x36e
    zero_range 0x358 0x16
    mapread 0x362 0xc`,
  'generic/499': `
    fallocate 0x77 0x5f * keep_size
    mapwrite 0x2e7 0x43
    write 0x67 0x71
    write 0x39f 0x18
    collapse_range 0x360 0x50
    mapread 0x74 0x1b
    truncate 0x0 0x8a
    zero_range 0x12 0x78
    mapread 0x7b 0xe`,
  'generic/511': `
    truncate 0x0 0x1f1
    write 0x1ad 0x6d
    zero_range 0x144 0xd4 * keep_size
    mapread 0x1f6 0x24`,
};

/** generic/438: the file grows by a byte, which is stored at once; somebody else writes back all the time. */
function* program438(file: File, finished: { now: boolean }): Proc {
  for (let at = 0; at < 40; at++) {
    yield* file.truncate(at + 1);
    yield* file.mwrite('x', at, 1);
    const tag = yield* userLoad(file.vma, at);
    expect(tag?.write).toBe('x');
  }
  finished.now = true;
}

for (const fs of KINDS) {
  for (const profile of PROFILES) {
    describe(`${fs}, ${profile}`, () => {
      test.each([
        ['029', [20, 8, 4], false, 'X8 Y12'],
        ['029, stored to between the truncates', [20, 8, 4], true, 'X4 W4 Y12'],
        ['029, unaligned', [21, 7, 3], true, 'X3 W4 Y14'],
      ] as const)('%s: Y survives', (_, numbers, extra, expected) => {
        expect(contentAfter({ fs, profile }, (file) => program029(file, numbers, extra))).toEqual([expected, expected]);
      });

      test.each([
        ['in its last page', [36, 48], 'X36 Y12'],
        ['unaligned', [35, 47], 'X35 Y12'],
        ['by a page', [28, 44], 'X28 Y16'],
      ] as const)('030, %s: Y survives, and W is never seen', (_, sizes, expected) => {
        expect(contentAfter({ fs, profile }, (file) => program030(file, sizes))).toEqual([expected, expected]);
      });

      test('567: Y survives', () => {
        expect(contentAfter({ fs, profile }, program567)).toEqual(['X8 Y32 X8', 'X8 Y32 X8']);
      });

      test.each(Object.entries(replays))('%s, with and without fsync after writes', (_, log) => {
        const large = { filePages: 64, diskBlocks: 512 };
        for (const syncs of [false, true]) {
          const result = replayFsx({ fs, profile, geometry: large, syncs, checksContents: true }, parseFsxLog(log));
          expect(result.failure).toBe(null);
          expect(result.operations).toBe(parseFsxLog(log).length);
        }
      });

      test.each([1, 2, 3, 4, 5, 6])('438, schedule %i: every byte survives', (seed) => {
        const machine = new PlainMachine({ seed });
        const engine = new Engine({ machine, profile, geometry });
        const file = new File(new fileSystemKinds[fs](engine), 'A');
        const finished = { now: false };
        machine.spawn('fallocate', () => program438(file, finished));
        machine.spawn('fsync', function* () {
          while (!finished.now) yield* fsync(file.inode);
          yield* file.remount();
          expect(yield* file.content()).toBe('x40');
        });
        expect(machine.run().stuck).toEqual([]);
        expect(engine.inspect()).toBe(null);
      });

      test('a write behind the end, and a store to what it has made part of the file (found by fsx)', () => {
        const log = `
          mapwrite 0x1b 0x3d
          truncate 0x0 0x26
          write 0x50 0x30
          mapwrite 0xa 0x3d
          fsync 0x0 0x0
          write 0x33 0x2c * close_open
          mapread 0x2 0x36`;
        expect(replayFsx({ fs, profile, keepsMapped: true }, parseFsxLog(log)).failure).toBe(null);
      });
    });
  }

  test(`${fs}: 029 is what finds a page left writable by a growing file (PC-024)`, () => {
    const setup = { fs, profile: 'merged', bugs: { isizeExtendedMkclean: false } } as const;
    const [before, after] = contentAfter(setup, (file) => program029(file, [20, 8, 4], true));
    expect(before).toBe('X4 W4 Y12');
    expect(after).not.toBe(before);
  });
}

// XFS writes the page of the new end before it truncates, and so cleans it.
test.each(['ext2', 'ext4'] as const)('%s: and so is 030', (fs) => {
  const setup = { fs, profile: 'merged', bugs: { isizeExtendedMkclean: false } } as const;
  const [before, after] = contentAfter(setup, (file) => program030(file, [36, 48]));
  expect(before).toBe('X36 Y12');
  expect(after).not.toBe(before);
});

describe('758: a range zeroed under a mapping', () => {
  const kept: [string, string] = ['X8 Y32 X8', 'X8 Y32 X8'];

  test('xfs, and the latest ext4: Y survives', () => {
    expect(contentAfter({ fs: 'xfs', profile: 'merged' }, program758)).toEqual(kept);
    expect(contentAfter({ fs: 'xfs', profile: 'latest' }, program758)).toEqual(kept);
    expect(contentAfter({ fs: 'ext4', profile: 'latest' }, program758)).toEqual(kept);
  });

  test('ext4 before v6.14 lost the stores to the pages at its edges', () => {
    const [before, after] = contentAfter({ fs: 'ext4', profile: 'merged', bugs: {} }, program758);
    expect(before).toBe(kept[0]);
    expect(after).toBe('X8 08 Y16 08 X8'.replace(/\b08\b/g, '0:8'));
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('630, xfs, schedule %i: dedupe never changes the bytes of its target', (seed) => {
  const machine = new PlainMachine({ seed });
  const engine = new Engine({ machine, geometry });
  const fs = new fileSystemKinds.xfs(engine);
  const good = dataTags('B', 'good', 0, 16);
  const [bad] = dataTags('A', 'bad', 5, 1);
  const [source, target] = [new File(fs, 'A', good), new File(fs, 'B', good)];
  const shared: (string | null)[] = [];
  machine.spawn('flip', function* () {
    for (let i = 0; i < 8; i++) yield* userStore(source.vma, 5, i % 2 === 0 ? bad! : good[5]!);
  });
  machine.spawn('dedupe', function* () {
    for (let i = 0; i < 4; i++) shared.push(yield* remap(fs, source.inode, target.inode, 'dedupe'));
  });
  machine.spawn('readers', function* () {
    for (let i = 0; i < 8; i++) {
      expect((yield* userLoad(target.vma, 5))?.write).toBe('good');
      expect(yield* target.content()).toBe('good16');
    }
  });
  expect(machine.run().stuck).toEqual([]);
  expect(engine.inspect()).toBe(null);
  expect(shared).toHaveLength(4);
});
