/** What fallocate, clones of ranges, copy_file_range and splice do to content and size, and which arguments they refuse. One task each. */
import { dataTags, Engine, Pipe, PlainMachine, type Proc, profiles, type Tag } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  copyFileRange,
  Ext2Like,
  Ext4Like,
  fallocate,
  pread,
  pwrite,
  remapRange,
  spliceRead,
  spliceWrite,
  XfsLike,
} from '../src/index.ts';

const KINDS = { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike };

interface Stage {
  readonly fs: BlockFileSystem;
  readonly engine: Engine;
  readonly a: ReturnType<BlockFileSystem['create']>;
  readonly b: ReturnType<BlockFileSystem['create']>;
}

/** What `program` answers, nothing being wrong at the end. A holds 11 bytes of data, B three. */
function run<T>(
  kind: keyof typeof KINDS,
  profile: (typeof profiles)[number],
  program: (stage: Stage) => Proc<T>,
): T | undefined {
  const machine = new PlainMachine({});
  const engine = new Engine({ machine, profile, geometry: { filePages: 4, blockSize: 2, diskBlocks: 32 } });
  const fs = new KINDS[kind](engine);
  const stage = {
    fs,
    engine,
    a: fs.create('A', dataTags('A', 'w0', 0, 11)),
    b: fs.create('B', dataTags('B', 'w0', 0, 3)),
  };
  let answer: T | undefined;
  machine.spawn('task', function* () {
    answer = yield* program(stage);
  });
  expect(machine.run().stuck).toEqual([]);
  expect(engine.inspect()).toBeNull();
  return answer;
}

/** A hexadecimal digit for each byte of data, its offset when it was written; a dot for zero. */
function* content(file: Stage['a']): Proc<string> {
  const tags = (yield* pread(file, 0, 16)) as readonly Tag[];
  return tags.map(({ origin, offset }) => (origin === 'data' ? offset.toString(16) : '.')).join('');
}

describe.each(profiles)('%s', (profile) => {
  test.each([
    ['collapse-range', 2, 2, '01456789a'],
    ['collapse-range', 0, 10, 'a'],
    ['insert-range', 4, 4, '0123....456789a'],
    ['insert-range', 0, 2, '..0123456789a'],
    ['zero-range', 3, 4, '012....789a'],
    ['zero-range', 9, 5, '012345678.....'],
    ['punch-hole', 3, 4, '012....789a'],
    ['allocate-range', 9, 4, '0123456789a..'],
  ] as const)('%s [%i, +%i)', (mode, pos, count, expected) => {
    for (const kind of ['ext4', 'xfs'] as const) {
      const after = run(kind, profile, function* ({ fs, a }) {
        yield* pread(a, 0, 16);
        const error = yield* fallocate(fs, a, mode, pos, count);
        return [error, yield* content(a)];
      });
      expect([kind, after]).toEqual([kind, [null, expected]]);
    }
  });

  test('what is dirty in the cache moves too', () => {
    for (const kind of ['ext4', 'xfs'] as const) {
      const after = run(kind, profile, function* ({ fs, a }) {
        yield* pwrite(a, 11, 3, 'w1');
        yield* fallocate(fs, a, 'collapse-range', 4, 4);
        yield* fallocate(fs, a, 'insert-range', 2, 2);
        return yield* content(a);
      });
      expect([kind, after]).toEqual([kind, '01..2389abcd']);
    }
  });
});

test.each([
  ['collapse-range', 1, 2, 'EINVAL'],
  ['collapse-range', 2, 1, 'EINVAL'],
  ['collapse-range', 4, 8, 'EINVAL'],
  ['insert-range', 3, 2, 'EINVAL'],
  ['insert-range', 12, 2, 'EINVAL'],
  ['insert-range', 0, 6, 'EFBIG'],
  ['zero-range', 14, 3, 'EFBIG'],
  ['punch-hole', 0, 0, 'EINVAL'],
  ['zero-range', -1, 3, 'EINVAL'],
] as const)('%s [%i, +%i) is refused: %s', (mode, pos, count, error) => {
  for (const kind of ['ext4', 'xfs'] as const) {
    expect(run(kind, 'merged', ({ fs, a }) => fallocate(fs, a, mode, pos, count))).toBe(error);
  }
});

test('an ext2-like file system has none of them, and only an XFS-like one shares blocks', () => {
  for (const mode of ['zero-range', 'collapse-range', 'insert-range', 'unshare-range'] as const) {
    expect(run('ext2', 'merged', ({ fs, a }) => fallocate(fs, a, mode, 2, 2))).toBe('EOPNOTSUPP');
  }
  expect(run('ext4', 'merged', ({ fs, a }) => fallocate(fs, a, 'unshare-range', 2, 2))).toBe('EOPNOTSUPP');
  const range = { from: 0, to: 0, count: 2 };
  expect(run('ext4', 'merged', ({ fs, a, b }) => remapRange(fs, a, b, range))).toBe('EOPNOTSUPP');
});

test.each([
  [{ from: 4, to: 4, count: 0 }, null, '012.456789a'],
  [{ from: 0, to: 2, count: 4 }, null, '010123'],
  [{ from: 1, to: 2, count: 2 }, 'EINVAL', '012'],
  [{ from: 0, to: 0, count: 3 }, 'EINVAL', '012'],
  [{ from: 10, to: 0, count: 2 }, 'EINVAL', '012'],
] as const)('clone %o of A to B: %s', (range, error, expected) => {
  const after = run('xfs', 'merged', function* ({ fs, a, b }) {
    return [yield* remapRange(fs, a, b, range), yield* content(b)];
  });
  expect(after).toEqual([error, expected]);
});

test('a clone within a file, then a write to the copy: the original stays; unshared blocks too', () => {
  const after = run('xfs', 'latest', function* ({ fs, a }) {
    yield* remapRange(fs, a, a, { from: 0, to: 4, count: 4 });
    yield* pwrite(a, 5, 1, 'w1');
    yield* fallocate(fs, a, 'unshare-range', 0, 11);
    return [yield* content(a), yield* remapRange(fs, a, a, { from: 0, to: 2, count: 4 })];
  });
  expect(after).toEqual(['01230523' + '89a', 'EINVAL']);
});

test('dedupe compares first', () => {
  const after = run('xfs', 'merged', function* ({ fs, a, b }) {
    yield* remapRange(fs, a, b, { from: 0, to: 0, count: 4 });
    const same = yield* remapRange(fs, a, b, { from: 0, to: 0, count: 4 }, 'dedupe');
    yield* pwrite(b, 2, 1, 'w1');
    return [same, yield* remapRange(fs, a, b, { from: 0, to: 0, count: 4 }, 'dedupe')];
  });
  expect(after).toEqual([null, 'EBADE']);
});

test('splice and copy_file_range move as much as there is', () => {
  for (const kind of ['ext2', 'ext4', 'xfs'] as const) {
    const after = run(kind, 'latest', function* ({ engine, fs, a, b }) {
      const pipe = new Pipe(engine, 'P', 4);
      const moved = [
        yield* spliceRead(a, 8, pipe, 8),
        yield* spliceRead(a, 0, pipe, 8),
        yield* spliceRead(a, 0, pipe, 8),
        yield* spliceWrite(pipe, b, 2, 8, 'w1'),
        yield* spliceWrite(pipe, b, 2, 8, 'w2'),
        yield* copyFileRange(fs, a, b, { from: 6, to: 8, count: 9 }, 'w3'),
        yield* copyFileRange(fs, a, b, { from: 11, to: 8, count: 1 }, 'w4'),
      ];
      return [...moved, b.size];
    });
    expect([kind, after]).toEqual([kind, [3, 1, 'EAGAIN', 4, 'EAGAIN', 5, 0, 13]]);
  }
});

test('ext4: a punch that cannot zero its edge has thrown away what was dirty, says so, and leaves what is on disk', () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const machine = new PlainMachine({ seed });
    const geometry = { filePages: 4, blockSize: 4, diskBlocks: 32 };
    const engine = new Engine({ machine, profile: 'latest', geometry, faults: { allocation: 1 } });
    const fs = new Ext4Like(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 11));
    fs.cache(a, 1);
    machine.spawn('task', function* () {
      yield* pwrite(a, 4, 4, 'w1');
      const error = yield* fallocate(fs, a, 'punch-hole', 2, 6);
      outcomes.add(`${error} ${fs.peekDisk(a, 4).write}`);
      yield* pread(a, 0, 16);
    });
    expect(machine.run().stuck).toEqual([]);
    expect(engine.inspect()).toBe(null);
  }
  expect([...outcomes].toSorted()).toEqual(['ENOMEM w0', 'null ']);
});

test('xfs: a collapse whose new end cannot be read has moved what follows, says so, and leaves the size', () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const machine = new PlainMachine({ seed });
    const geometry = { filePages: 4, blockSize: 2, diskBlocks: 32 };
    const engine = new Engine({ machine, geometry, faults: { read: 1 } });
    const fs = new XfsLike(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 11));
    machine.spawn('task', function* () {
      const error = yield* fallocate(fs, a, 'collapse-range', 2, 2);
      outcomes.add(`${error} ${a.size}`);
      yield* pread(a, 0, 16);
    });
    expect(machine.run().stuck).toEqual([]);
    expect(engine.inspect()).toBe(null);
  }
  expect([...outcomes].toSorted()).toEqual(['EIO 11', 'null 9']);
});
