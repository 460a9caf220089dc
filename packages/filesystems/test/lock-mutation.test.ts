/** Every acquisition of a lock on the read, fault and punch paths is one that a test would miss: each is taken out in turn. */
import { describe, expect, test } from 'vitest';
import { changesTrace, furtherOperations, reportsIt, sitesOfPaths, trace } from './mutate-engine.ts';

const sites = sitesOfPaths();

test.each(Object.entries(furtherOperations))('%s: its trace', (operation, [, , expected]) => {
  expect(trace({ operation, fs: 'ext4', profile: 'merged' })).toBe(expected);
});

describe('lock acquisitions of the read, fault and punch paths', () => {
  test('are found by running them', () => {
    const names = [...sites.keys()];
    expect(names.length).toBeGreaterThanOrEqual(35);
    for (const site of [
      'filemapUpdatePage (filemap-get-pages): invalidate_lock',
      'filemapCreatePage (filemap-get-pages): folio',
      '#lockMapping (filemap-fault): invalidate_lock',
      'lockForEviction (block-file-system): i_rwsem',
      'takeEvictLock (block-file-system): invalidate_lock',
    ]) {
      expect(names).toContain(site);
    }
  });

  test('none can be taken out without a golden trace that changes', () => {
    expect([...sites].filter(([site, meetings]) => !changesTrace(site, meetings)).map(([site]) => site)).toEqual([]);
  });

  test('the duties of callers are asserted: eviction without its locks is reported', () => {
    for (const site of [
      'lockForEviction (block-file-system): i_rwsem',
      'takeEvictLock (block-file-system): invalidate_lock',
    ])
      expect(reportsIt(site)).toMatch(/must be held/);
  });
});
