/** Circles that a real lockdep has reported, 2019–2026: each is reported, at its last edge; and beside the orders that the sources declare. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFile } from './support/data-files.ts';
import { runCommand } from './support/run-command.ts';

const REPORTS = dataFile('ordering/lockdep-reports.json.zst');
const ORDERING = dataFile('ordering/ordering.json.zst');

interface RankedEdge {
  readonly outer: string;
  readonly inner: string;
  readonly rank: string;
  readonly declared: boolean;
}

describe('real cycle reports', () => {
  test('all 153 agree: exactly that cycle, at its last edge', async () => {
    const { status, stdout } = await runCommand('check', '--json', REPORTS);
    expect(JSON.parse(stdout)).toEqual({
      files: [{ file: REPORTS, total: 153, agreed: 153, unsupported: [], disagreed: [] }],
    });
    expect(status).toBe(0);
  });

  test('ranked against the declared orders: 95 edges agree, 20 contradict, the rest is unordered', async () => {
    const { stdout } = await runCommand('check', '--json', REPORTS, '--order', ORDERING);
    const { edges } = (JSON.parse(stdout) as { files: [{ order: { edges: RankedEdge[] } }] }).files[0].order;
    const count = (wanted: (edge: RankedEdge) => boolean): number => edges.filter(wanted).length;
    expect(edges).toHaveLength(650);
    expect(count(({ rank }) => rank === 'agrees')).toBe(95);
    expect(count(({ rank }) => rank === 'contradicts')).toBe(20);
    expect(count(({ rank }) => rank === 'unordered')).toBe(535);
    expect(count(({ rank, declared }) => rank === 'unordered' && declared)).toBe(51);
    const contradicted = Map.groupBy(
      edges.filter(({ rank }) => rank === 'contradicts'),
      (edge) => `${edge.outer} > ${edge.inner}`,
    );
    expect(Object.fromEntries([...contradicted].map(([edge, { length }]) => [edge, length]))).toEqual({
      'ext4.xattr_sem > fs_reclaim': 12,
      'mmap_lock > i_rwsem': 2,
      'ext4.i_data_sem > fs_reclaim': 2,
      'blk.q_usage_counter.io > i_rwsem': 2,
      's_umount > sb_writers': 1,
      'ext4.xattr_sem > ext4.s_writepages_rwsem': 1,
    });
  });
});

describe('what is no cycle report', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockdep-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const edge = (outer: string, inner: string): object => ({ outer, inner });
  test.each([
    ['no edges', [{ edges: [edge('A', 'B'), edge('B', 'A')] }, { subject: 'x', edges: [] }], /report 1 x: no edges/],
    [
      'an open circle',
      [{ edges: [edge('A', 'B'), edge('B', 'C')] }],
      /report 0: edge 1 ends in C, and the next begins with A/,
    ],
    ['no inner class', [{ edges: [{ outer: 'A' }] }], /report 0: edge 0 has no outer and inner class/],
    ['a null', [{ edges: [edge('A', 'B'), edge('B', 'A')] }, null], /report 1: no edges/],
  ])('%s is one clear error', async (_name, reports, message) => {
    const file = join(folder, 'reports.json');
    await writeFile(file, JSON.stringify({ reports }));
    const { status, stdout, stderr } = await runCommand('check', file);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('a class that takes itself is no circle of two', async () => {
    const file = join(folder, 'self.json');
    await writeFile(file, JSON.stringify([{ edges: [edge('A', 'A')] }]));
    const { status, stdout } = await runCommand('check', file);
    expect(status).toBe(1);
    expect(stdout).toContain('0 of 1 agree');
  });
});
