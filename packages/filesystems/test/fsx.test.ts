/** fsx: random operations on one file against a byte array; that it is awake, and that a failure is cut down to what it needs. */
import { Validator } from '@lockdep/core';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  type FsxSettings,
  formatFsxEntry,
  fsxProgram,
  GoodBuffer,
  minimiseFsx,
  parseFsxLog,
  replayFsx,
  runFsx,
} from '../src/index.ts';
import { fsxComplaints, fsxVariants } from './fsx-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);

describe('as merged: nothing is found', () => {
  for (const fs of ['ext2', 'ext4', 'xfs', 'ceph'] as const) {
    for (const [name, options] of Object.entries(fsxVariants)) {
      test(`${fs}, ${name} (seeds from ${FIRST})`, () => {
        for (let seed = FIRST; seed < FIRST + 2; seed++) {
          expect(fsxComplaints({ fs, ...options, seed, operations: 250 })).toEqual({});
        }
      });
    }
    test(`${fs}, with the validator: no report`, () => {
      const validator = new Validator({ sites: false });
      const { failure } = runFsx({ fs, readers: true, validator, seed: FIRST, operations: 200 });
      expect([failure, validator.reports.map(({ message }) => message)]).toEqual([null, []]);
    });
  }
});

/** Runs until a seed fails, and minimises that. */
function minimal(settings: FsxSettings, operations: number) {
  for (let seed = 1; seed < 100; seed++) {
    const { failure, log } = runFsx({ ...settings, seed, operations });
    if (failure !== null) return { failure, minimal: minimiseFsx(settings, log, failure) };
  }
  throw new Error('a hundred seeds found nothing');
}

const lines = (log: Parameters<typeof replayFsx>[1]): string[] => log.map(formatFsxEntry);

describe('with a defect switched on', () => {
  test('write(2) forgets to mark the folio dirty: a write, something that drops it, and a read', () => {
    // Copying reads on behalf of the kernel: the oracle would see it first.
    const settings: FsxSettings = {
      ...{ fs: 'ext4', bugs: { 'write.dropsDirty': true }, background: false },
      without: ['copy_range'],
    };
    const { failure, minimal: found } = minimal(settings, 500);
    expect(failure.kind).toBe('bad-data');
    expect(found?.schedule).toBe(null);
    expect(found?.log.length).toBeLessThanOrEqual(3);
    const again = replayFsx(settings, parseFsxLog(lines(found!.log).join('\n')));
    expect(again.failure).toEqual(found!.failure);
    // The same log as a program for the explorer: it goes wrong in any schedule.
    const budget = { executions: 5, steps: 5_000 };
    const explored = explore(fsxProgram(settings, found!.log), {
      strategy: 'pos',
      validator: null,
      leaks: false,
      budget,
    });
    expect(explored.failures[0]?.message).toMatch(/^bad-data/);
  });

  test('growing a file leaves the page of its old end writable (PC-024): a store that writeback has no block for', () => {
    const settings: FsxSettings = {
      fs: 'xfs',
      bugs: { isizeExtendedMkclean: false },
      background: false,
      geometry: { filePages: 2 },
      closeOpen: 3,
      keepsMapped: true,
    };
    const { failure, minimal: found } = minimal(settings, 2_000);
    expect(failure.message).toMatch(/byte \d+ is zero/);
    expect(found?.schedule).toBe(null);
    const names = found!.log.map(({ op }) => op);
    expect(names.filter((name) => name === 'mapwrite').length).toBeGreaterThanOrEqual(1);
    expect(names.length).toBeLessThanOrEqual(6);
    const { bugs: _, ...sound } = settings;
    expect(replayFsx(sound, found!.log).failure).toBe(null);
  });

  test('reads take no invalidate_lock (PC-001): minimised to a punch beside a read', () => {
    const settings: FsxSettings = {
      fs: 'ext4',
      bugs: { 'fs.readsTakeInvalidateLock': false },
      readers: true,
      keepsMapped: true,
      without: ['zero_range'],
    };
    const { failure, minimal: found } = minimal(settings, 500);
    // Whoever sees it first: fsx in what it reads, or the oracle in what the readers beside it do.
    expect(['oracle', 'bad-data']).toContain(failure.kind);
    const names = found!.log.map(({ op, beside }) => (beside === true ? `${op} beside` : op));
    expect(names.length).toBeLessThanOrEqual(6);
    expect(names.some((name) => /^(punch_hole|truncate|collapse_range|insert_range)$/.test(name))).toBe(true);
  });
});

describe('the log of operations', () => {
  test('is read as it is written', () => {
    const { log } = runFsx({ fs: 'xfs', seed: 3, operations: 100, readers: true });
    expect(log.some(({ beside }) => beside === true)).toBe(true);
    expect(log.some(({ closeOpen }) => closeOpen === true)).toBe(true);
    expect(parseFsxLog(lines(log).join('\n'))).toEqual(log);
  });

  test('takes comments, skipped operations, flags and sizes that do not matter', () => {
    const text =
      '# a comment\nskip write 0x0 0x4 0x0\n\nfallocate 0 16 * keep_size # why\ncopy_range 0x0 0x4 0x8 0x10\n';
    expect(parseFsxLog(text)).toEqual([
      { op: 'write', offset: 0, length: 4, size: 0, skip: true },
      { op: 'fallocate', offset: 0, length: 16, keepSize: true },
      { op: 'copy_range', offset: 0, length: 4, destination: 8, size: 16 },
    ]);
  });

  test.each([
    ['write 0x0', "line 1: write needs 2 numbers, as in 'write 0x10 0x10'"],
    ['\ncopy_range 0x0 0x4', "line 2: copy_range needs 3 numbers, as in 'copy_range 0x10 0x10 0x10'"],
    ['write 0 4 0 7', 'line 1: write has 4 numbers: too many'],
    ['write 0 4 keepsize', "line 1: 'keepsize' is neither a number nor one of keep_size, unshare, close_open, beside"],
  ])('refuses %j', (text, message) => {
    expect(() => parseFsxLog(text)).toThrow(message);
  });

  test('names the operations there are when it meets one that there is not', () => {
    const log = parseFsxLog('wirte 0x0 0x4');
    expect(() => replayFsx({ fs: 'ext4' }, log)).toThrow("there is no operation 'wirte' of fsx: there are read, write");
  });
});

test('a run is the same for the same seed', () => {
  const once = () => runFsx({ fs: 'ext4', seed: 7, operations: 200, readers: true });
  expect(once()).toEqual(once());
});

test('the model: what grows is zero, also where something was before', () => {
  const good = new GoodBuffer('A', 16);
  good.write(0, 8, 'w1');
  good.resize(2);
  good.write(6, 2, 'w2');
  const words = good.bytes.slice(0, good.size).map(({ origin, write }) => (origin === 'zero' ? '0' : write));
  expect(words).toEqual(['w1', 'w1', '0', '0', '0', '0', 'w2', 'w2']);
  good.insert(1, 2);
  expect([good.size, good.bytes[1]!.origin, good.bytes[3]!.write]).toEqual([10, 'zero', 'w1']);
  good.collapse(1, 2);
  good.copy(6, 2, 4);
  expect(good.bytes.slice(0, good.size).map(({ origin, write }) => (origin === 'zero' ? '0' : write))).toEqual([
    ...['w1', 'w1', '0', '0', 'w2', 'w2', 'w2', 'w2'],
  ]);
});
