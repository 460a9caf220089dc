import { Validator } from '@lockdep/core';
import { findingText, type Profile } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import type { FileSystemName } from '../src/index.ts';
import { randomOperations } from './random-operations.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const seeds = Array.from({ length: 40 }, (_, i) => FIRST + i);

/** What is wrong with one program, the program with it. */
function complaints(fs: FileSystemName, profile: Profile, seed: number): object {
  const validator = new Validator({ sites: false });
  const { stuck, findings, program } = randomOperations({ fs, profile, seed, validator });
  const wrong = [...findings.map(findingText), ...validator.reports.map(({ message }) => message)];
  return wrong.length + stuck.length === 0 ? {} : { seed, stuck, wrong, program };
}

describe('random operations at any byte, blocks of 1, 2 and 4 bytes', () => {
  for (const fs of ['ext2', 'ext4', 'xfs', 'ceph'] as const) {
    for (const profile of ['seed', 'merged', 'latest'] as const) {
      test(`${fs}, ${profile}: no finding, no report, nobody stuck (seeds from ${FIRST})`, () => {
        for (const seed of seeds) expect(complaints(fs, profile, seed)).toEqual({});
      });
    }
  }

  test('ext4, direct I/O: the oracle is awake', () => {
    const bugs = { 'dio.invalidateAtCompletion': false };
    const direct = Array.from({ length: 400 }, (_, i) => 5 * i + 1);
    const finds = (seed: number) => randomOperations({ fs: 'ext4', profile: 'merged', seed, bugs }).findings;
    expect(direct.find((seed) => finds(seed).some(({ kind }) => kind === 'lost-write'))).toBeDefined();
  });

  test('ext4, before: the oracle is awake', () => {
    const finds = (seed: number) => randomOperations({ fs: 'ext4', profile: 'before', seed, memory: false }).findings;
    const stale = ['hole-has-data', 'stale-block-exposure'];
    const seeds = Array.from({ length: 400 }, (_, i) => i + 1);
    expect(seeds.find((seed) => finds(seed).some(({ kind }) => stale.includes(kind)))).toBeDefined();
  });
});
