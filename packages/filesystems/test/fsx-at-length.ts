/**
 * fsx at length: a hundred seeds of ten thousand operations for each kind of file system, the seeds going round the variants. About ten
 * CPU minutes, so it is cut into parts, a file each, which the workers share.
 */
import { describe, expect, test } from 'vitest';
import { fsxComplaints, fsxVariants } from './fsx-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const SEEDS = Number(process.env['LOCKDEP_SEEDS'] ?? 100);
const OPERATIONS = 10_000;
const PARTS = 4;

const variants = Object.values(fsxVariants);

/** The tests of one part, of four. */
export function fsxAtLength(part: 0 | 1 | 2 | 3): void {
  describe.each(['ext2', 'ext4', 'xfs'] as const)('%s, as merged', (fs) => {
    const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i).filter((seed) => seed % PARTS === part);
    test.each(seeds)(`seed %i, ${OPERATIONS} operations`, (seed) => {
      const options = variants[seed % variants.length]!;
      expect(fsxComplaints({ fs, ...options, seed, operations: OPERATIONS, keepsLog: false })).toEqual({});
    });
  });
}
