import type { Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';
import { holetestPreparations, runFsstress, runHoletest } from '../src/index.ts';
import { holetestVariants, workloadComplaints } from './workload-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);

describe.each(['ext2', 'ext4', 'xfs', 'ceph'] as const)('%s', (fs) => {
  test(`holetest, sixty seeds of each variant (from ${FIRST})`, () => {
    for (const options of Object.values(holetestVariants)) {
      for (const preparation of holetestPreparations) {
        for (let seed = FIRST; seed < FIRST + 60; seed++) {
          const run = (validator: Validator) => runHoletest({ fs, preparation, ...options, seed, validator });
          expect(workloadComplaints(seed, run)).toEqual({});
        }
      }
    }
  });

  test.each(['merged', 'latest'] as const)(`fsstress, %s: 150 runs (seeds from ${FIRST})`, (profile) => {
    for (let seed = FIRST; seed < FIRST + 150; seed++) {
      const run = (validator: Validator) => runFsstress({ fs, profile, seed, operations: 40, validator });
      expect(workloadComplaints(seed, run)).toEqual({});
    }
  });
});
