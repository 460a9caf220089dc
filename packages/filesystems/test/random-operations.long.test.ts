import { findingText } from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import type { FileSystemName } from '../src/index.ts';
import { randomOperations } from './random-operations.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);

function complaints(fs: FileSystemName, profile: 'merged' | 'latest', seed: number): object {
  const { stuck, findings, program } = randomOperations({ fs, profile, seed });
  const wrong = findings.map(findingText);
  return wrong.length + stuck.length === 0 ? {} : { seed, stuck, wrong, program };
}

for (const fs of ['ext2', 'ext4', 'xfs', 'ceph'] satisfies FileSystemName[]) {
  for (const profile of ['merged', 'latest'] as const) {
    test(`${fs}, ${profile}: five thousand random programs (seeds from ${FIRST})`, () => {
      for (let seed = FIRST; seed < FIRST + 5_000; seed++) {
        expect(complaints(fs, profile, seed)).toEqual({});
      }
    });
  }
}
