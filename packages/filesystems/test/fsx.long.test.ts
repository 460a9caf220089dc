/** fsx at length: thirty seeds of ten thousand operations for each kind of file system; LOCKDEP_SEEDS says how many, a hundred take a quarter of an hour. */
import { describe, expect, test } from 'vitest';
import { fsxComplaints, fsxVariants } from './fsx-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const SEEDS = Number(process.env['LOCKDEP_SEEDS'] ?? 30);
const OPERATIONS = 10_000;

// The seeds go round the variants, and are cut into tests that each take about a minute.
const variants = Object.values(fsxVariants);
const PART = 10;

describe.each(['ext2', 'ext4', 'xfs'] as const)('%s, as merged', (fs) => {
  for (let from = FIRST; from < FIRST + SEEDS; from += PART) {
    test(`seeds ${from} to ${from + PART - 1}, ${OPERATIONS} operations each`, () => {
      for (let seed = from; seed < from + PART; seed++) {
        const options = variants[seed % variants.length]!;
        expect(fsxComplaints({ fs, ...options, seed, operations: OPERATIONS, keepsLog: false })).toEqual({});
      }
    });
  }
});
