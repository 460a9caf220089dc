import { findingText } from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import type { FileSystemName } from '../src/index.ts';
import { mixedLoad } from './mixed-load.ts';

for (const fs of ['ext2', 'ext4', 'xfs', 'ceph'] satisfies FileSystemName[]) {
  test(`${fs}, merged: three thousand random runs`, () => {
    for (let seed = 1; seed <= 3_000; seed++) {
      const { stuck, findings } = mixedLoad({ fs, profile: 'merged', seed });
      expect({ seed, stuck, findings: findings.map(findingText) }).toEqual({ seed, stuck: [], findings: [] });
    }
  });
}
