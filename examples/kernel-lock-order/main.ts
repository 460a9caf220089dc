/**
 * The lock order of a real Linux kernel at work on ext4 and xfs files, learned from its own trace; then the trace of a module
 * that takes two of those locks the wrong way round, which our validator reports as the kernel did.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type LockKey, Validator } from '@lockdep/core';
import { baseName, renderDot, renderSummary, renderSvg, renderText } from '@lockdep/report';
import { FtraceReplay, readTrace } from '@lockdep/trace';

/** The locks of a file and its mapping: i_rwsem, invalidate_lock, mmap_lock, i_mmap_rwsem. */
const AROUND = ['&sb->s_type->i_mutex_key', 'mapping.invalidate_lock', '&mm->mmap_lock', '&mapping->i_mmap_rwsem'];

/** And, in the picture, what lies around and between them. */
const PICTURE = [
  ...AROUND,
  'sb_writers',
  'sb_pagefaults',
  '&vma->vm_lock->lock',
  '&ei->i_data_sem',
  '&xfs_nondir_ilock_class',
  'ptlock_ptr(ptdesc)',
  'fs_reclaim',
];

const here = new URL('.', import.meta.url);

/** Replays the recordings and returns the validator that has learned from them. */
export async function learnKernelOrder(print: (text: string) => void): Promise<Validator> {
  const validator = new Validator({ sites: false });
  // The trace names classes, it does not tell them apart otherwise: one name, one class, in all three recordings.
  const keys = new Map<string, LockKey>();
  for (const name of ['ext4', 'xfs', 'splat']) {
    const replay = new FtraceReplay(validator, { name: `${name}.trace.txt`, keys, usage: false });
    for await (const chunk of readTrace(fileURLToPath(new URL(`data/${name}.trace.txt.zst`, here)))) replay.push(chunk);
    const { events, tasks, locks } = replay.end();
    const { classes, dependencies, chains } = validator.stats();
    const reports = validator.reports.length;
    print(
      `${name}: ${events} lock events of ${tasks} tasks on ${locks} locks; now ${classes} classes, ${dependencies} dependencies, ` +
        `${chains} chains, ${reports} ${reports === 1 ? 'report' : 'reports'}\n`,
    );
  }
  return validator;
}

async function main(): Promise<void> {
  const print = (text: string): void => void process.stdout.write(text);
  const color = process.stdout.isTTY === true;
  print('The lock order of a Linux kernel working on ext4 and xfs files, learned from its own trace.\n\n');
  const validator = await learnKernelOrder(print);
  const { reports } = validator;
  print(`\n${renderSummary(validator.graph(), reports, { around: AROUND, neighbours: false, color })}\n`);
  for (const report of reports) print(`${renderText(report, { color })}\n`);
  const file = new URL('../../out/kernel-lock-order.svg', here);
  await mkdir(new URL('.', file), { recursive: true });
  const graph = validator.graph();
  for (const node of graph.nodes())
    if (!PICTURE.includes(baseName(graph.getNodeAttribute(node, 'name')))) graph.dropNode(node);
  await writeFile(file, await renderSvg(renderDot(graph, { reports })));
  print('The order around these locks as a picture: out/kernel-lock-order.svg\n');
}

if (import.meta.main) await main();
