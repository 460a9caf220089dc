/**
 * The lock order learned from our file systems (as merged) beside that of a real kernel, on the classes both have: what is in both, and
 * why the rest is in one alone. Nothing in ours is the other way round in the kernel's.
 */
import { readFileSync } from 'node:fs';
import { Validator } from '@lockdep/core';
import { expect, test } from 'vitest';
import { mixedLoad } from './mixed-load.ts';

const recorded = JSON.parse(readFileSync(new URL('./fixtures/kernel-edges.json', import.meta.url), 'utf8')) as {
  readonly edges: readonly string[];
};

const I_RWSEM = '&sb->s_type->i_mutex_key';
const INVALIDATE = 'mapping.invalidate_lock';
const MMAP = '&mm->mmap_lock';
const ILOCK = '&xfs_nondir_ilock_class';

/** Ours alone. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'the kernel lists a dependency on the lock taken last alone; this one it has through others': [
    `sb_writers -> &ei->i_data_sem`,
    `sb_writers -> &ei->truncate_mutex`,
    `sb_writers -> &mapping->i_mmap_rwsem`,
    `sb_writers -> ${ILOCK}`,
    `sb_pagefaults -> &ei->i_data_sem`,
    `sb_pagefaults -> &ei->truncate_mutex`,
    `sb_pagefaults -> ${ILOCK}`,
    `${INVALIDATE} -> ptlock_ptr(ptdesc)`,
  ],
  'the recorded kernel is newer: most faults hold a per-VMA lock instead of mmap_lock': [
    `${MMAP} -> ${INVALIDATE}`,
    `${MMAP} -> &xa->xa_lock`,
    `${MMAP} -> &ei->i_data_sem`,
    `${MMAP} -> ${ILOCK}`,
  ],
  'the recorded ext4 runs without a journal': [
    `${I_RWSEM} -> jbd2_handle`,
    `${INVALIDATE} -> jbd2_handle`,
    'sb_writers -> jbd2_handle',
    'jbd2_handle -> &ei->i_data_sem',
    'jbd2_handle -> &mapping->i_mmap_rwsem',
  ],
};

/** The kernel's alone. */
const KERNEL: Readonly<Record<string, readonly string[]>> = {
  'metadata goes through the page cache of the disk, or through buffers, which we do not model': [
    '&ei->i_data_sem -> &xa->xa_lock',
    '&ei->truncate_mutex -> &xa->xa_lock',
    'sb_internal -> &xa->xa_lock',
    'sb_pagefaults -> &xa->xa_lock',
  ],
  'this load maps nothing while it runs': [`${MMAP} -> &mapping->i_mmap_rwsem`],
  'page_mkwrite updates times in a transaction of XFS': ['sb_pagefaults -> sb_internal'],
  'operations inside a transaction that we do not model': [`sb_internal -> ${INVALIDATE}`],
};

function learned(): Set<string> {
  const validator = new Validator({ sites: false });
  for (const fs of ['ext2', 'ext4', 'xfs'] as const) {
    for (let seed = 1; seed <= 60; seed++) mixedLoad({ fs, profile: 'merged', seed, validator });
  }
  expect(validator.reports).toEqual([]);
  const graph = validator.graph();
  const nameOf = (node: string): string =>
    (graph.getNodeAttribute(node, 'name') as string).replace(/[#/].*$/, '').replace('(page)', '(ptdesc)');
  const ours = new Set<string>();
  graph.forEachEdge((_edge, _attributes, source, target) => ours.add(`${nameOf(source)} -> ${nameOf(target)}`));
  return ours;
}

test('edges in both, only in ours, only in the kernel’s: each difference has a reason', () => {
  const shared = new Set([...recorded.edges.flatMap((edge) => edge.split(' -> ')), 'jbd2_handle']);
  const ours = new Set(
    [...learned()].filter((edge) => {
      const [from, to] = edge.split(' -> ');
      return from !== to && shared.has(from!) && shared.has(to!);
    }),
  );
  const kernel = new Set(recorded.edges.filter((edge) => !edge.includes('vm_lock')));
  const both = [...ours].filter((edge) => kernel.has(edge));
  expect(both.length).toBeGreaterThanOrEqual(24);
  const [oursAlone, kernelAlone] = [Object.values(OURS).flat(), Object.values(KERNEL).flat()];
  expect([...ours].filter((edge) => !kernel.has(edge) && !oursAlone.includes(edge))).toEqual([]);
  expect([...kernel].filter((edge) => !ours.has(edge) && !kernelAlone.includes(edge))).toEqual([]);
  // The lists are no older than the graphs.
  expect(oursAlone.filter((edge) => !ours.has(edge) || kernel.has(edge))).toEqual([]);
  expect(kernelAlone.filter((edge) => ours.has(edge) || !kernel.has(edge))).toEqual([]);
  const reversed = (edge: string): string => edge.split(' -> ').reverse().join(' -> ');
  expect([...ours].filter((edge) => kernel.has(reversed(edge)) && !kernel.has(edge))).toEqual([]);
});
