import { Validator } from '@lockdep/core';
import { findingText } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import type { FileSystemName } from '../src/index.ts';
import { mixedLoad } from './mixed-load.ts';

const kinds: readonly FileSystemName[] = ['ext2', 'ext4', 'xfs', 'ceph'];

describe('everything at once, at random', () => {
  for (const fs of kinds) {
    for (const profile of ['seed', 'merged', 'latest'] as const) {
      test(`${fs}, ${profile}: no finding, no report, nobody stuck`, () => {
        for (let seed = 1; seed <= 25; seed++) {
          const validator = new Validator({ sites: false });
          const { stuck, findings } = mixedLoad({ fs, profile, seed, validator });
          const reports = validator.reports.map(({ message }) => message);
          expect({ seed, stuck, findings: findings.map(findingText), reports }).toEqual({
            seed,
            stuck: [],
            findings: [],
            reports: [],
          });
        }
      });
    }
  }
});
