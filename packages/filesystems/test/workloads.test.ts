/** holetest and fsstress: clean on every kind of file system, and awake. */
import type { Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';
import {
  type FileSystemName,
  fsstressOperations,
  type HoletestOptions,
  holetestPreparations,
  runFsstress,
  runHoletest,
  type WorkloadResult,
} from '../src/index.ts';
import { holetestVariants, workloadComplaints } from './workload-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const kinds: readonly FileSystemName[] = ['ext2', 'ext4', 'xfs', 'ceph'];

describe.each(kinds)('%s', (fs) => {
  test.each(Object.entries(holetestVariants))(`holetest, %s (seed ${FIRST})`, (_, options) => {
    for (const preparation of holetestPreparations) {
      const run = (validator: Validator) => runHoletest({ fs, preparation, ...options, seed: FIRST, validator });
      expect(workloadComplaints(FIRST, run)).toEqual({});
    }
  });

  test.each(['seed', 'merged', 'latest'] as const)(`fsstress, %s (seeds from ${FIRST})`, (profile) => {
    for (let seed = FIRST; seed < FIRST + 3; seed++) {
      const run = (validator: Validator) => runFsstress({ fs, profile, seed, validator });
      expect(workloadComplaints(seed, run)).toEqual({});
    }
  });
});

/** What the first seed that finds something finds. */
function firstFindings(run: (seed: number) => WorkloadResult): string {
  for (let seed = 1; seed <= 200; seed++) {
    const { findings } = run(seed);
    if (findings.length > 0) return findings.join('\n');
  }
  return 'nothing';
}

describe('awake', () => {
  const hole: Omit<HoletestOptions, 'seed'> = { fs: 'ext4', writes: true };

  test('holetest: what was in memory shows where a block has not been written yet', () => {
    const bugs = { 'buffer.unwrittenIsNew': false };
    const found = firstFindings((seed) => runHoletest({ ...hole, preparation: 'fallocate', bugs, seed }));
    expect(found).toMatch(/uninit/);
  });

  test('holetest: write(2) and private mappings are refused', () => {
    expect(() => runHoletest({ ...hole, isPrivate: true, seed: 1 })).toThrow('private mappings must not');
  });

  test.each([
    ['ext4', 'write.dropsDirty', true],
    ['ext4', 'buffer.unwrittenIsNew', false],
    ['ext4', 'fs.faultsTakeInvalidateLock', false],
    ['ext4', 'ext4.flushBeforeLocks', true],
    ['xfs', 'remap.lockOutMkwrite', false],
  ] as const)('fsstress, %s: %s = %s', (fs, name, value) => {
    expect(firstFindings((seed) => runFsstress({ fs, bugs: { [name]: value }, seed }))).not.toBe('nothing');
  });
});

test('one seed is one run; every operation is drawn', () => {
  const run = () => runFsstress({ fs: 'xfs', seed: 5, operations: 60 });
  const { program } = run();
  expect(run()).toEqual(run());
  const drawn = new Set(program.map((line) => line.split(' ')[1]));
  expect(fsstressOperations.filter(({ name }) => !drawn.has(name))).toEqual([]);
});
