/** fsx at length: ten seeds of ten thousand operations for each kind of file system; LOCKDEP_SEEDS says how many: a hundred take half an hour. */
import { describe, expect, test } from 'vitest';
import { fsxComplaints, fsxVariants } from './fsx-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const SEEDS = Number(process.env['LOCKDEP_SEEDS'] ?? 10);
const OPERATIONS = 10_000;

// The seeds go round the variants, and are cut into tests that each take about a minute.
const variants = Object.values(fsxVariants);
const PART = 5;

// Longer than all other campaigns together, so it has to be asked for.
describe.skipIf(process.env['LOCKDEP_SEEDS'] === undefined).each(['ext2', 'ext4', 'xfs'] as const)(
  '%s, as merged, when LOCKDEP_SEEDS asks for it',
  (fs) => {
    for (let from = FIRST; from < FIRST + SEEDS; from += PART) {
      test(`seeds ${from} to ${from + PART - 1}, ${OPERATIONS} operations each`, () => {
        for (let seed = from; seed < from + PART; seed++) {
          const options = variants[seed % variants.length]!;
          expect(fsxComplaints({ fs, ...options, seed, operations: OPERATIONS, keepsLog: false })).toEqual({});
        }
      });
    }
  },
);
