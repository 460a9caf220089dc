/**
 * Modules that each break one rule in a real kernel, recorded up to the kernel's report: ours must be the same report, made at
 * the event that caused it, about the same locks.
 */
import { readFileSync } from 'node:fs';
import type { LockRef, Report, ReportKind, ValidatorMode } from '@lockdep/core';
import { renderText, reportTitle } from '@lockdep/report';
import { describe, expect, test } from 'vitest';
import { dataFile } from './support/data-files.ts';
import { type FoundReport, ReplayedLog } from './support/replayed-log.ts';
import { readSplat, type SplatLock } from './support/splat-text.ts';

/** The function of lockdep.c that printed the report. */
const KINDS: Readonly<Record<string, ReportKind>> = {
  print_deadlock_bug: 'recursive',
  print_circular_bug: 'circular',
  print_unlock_imbalance_bug: 'bad-unlock',
  print_irq_inversion_bug: 'irq-inversion',
  print_bad_irq_dependency: 'irq-order',
  print_usage_bug: 'inconsistent-state',
  print_lock_invalid_wait_context: 'invalid-wait-context',
  print_freed_lock_bug: 'held-freed',
};

const SPLATS: readonly (readonly [name: string, kind: ReportKind])[] = [
  ['aa_class', 'recursive'],
  ['aa_nested_ok_then_bad', 'circular'],
  ['abba', 'circular'],
  ['abba2', 'circular'],
  ['abc', 'circular'],
  ['bad_unlock', 'bad-unlock'],
  ['bad_unlock_empty', 'bad-unlock'],
  ['downgrade_then_bad', 'circular'],
  ['immap_then_mmap', 'circular'],
  ['invalidate_same_class', 'recursive'],
  ['invalidate_then_irwsem', 'circular'],
  ['irq_inversion', 'irq-inversion'],
  ['irq_inversion_fwd', 'irq-inversion'],
  ['irq_rwlock_read', 'invalid-wait-context'],
  ['irq_safe_unsafe', 'irq-order'],
  ['mmap_then_irwsem', 'circular'],
  ['nest_lock_ok_then_bad', 'circular'],
  ['rcu_recursive', 'invalid-wait-context'],
  ['reinit_held', 'held-freed'],
  ['rwlock_recursive_read_ok_then_bad', 'circular'],
  ['rwsem_read_recursion', 'recursive'],
  ['rwsem_rw_abba', 'circular'],
  ['softirq_inconsistent', 'inconsistent-state'],
  ['trylock_held_then_bad', 'circular'],
  ['trylock_ok_then_bad', 'circular'],
  ['wait_context', 'invalid-wait-context'],
  ['wait_context_mutex', 'invalid-wait-context'],
];

interface Splat {
  readonly log: ReplayedLog;
  /** The record of the kernel's report, and the last event of its CPU before. */
  readonly reported: number;
  readonly cause: number;
  readonly func: string;
  /** The lock of that event. */
  readonly lock: string;
}

async function replaySplat(name: string, mode: ValidatorMode): Promise<Splat> {
  const lastOfCpu = new Map<number, { sequence: number; lock: string }>();
  let reported = 0;
  let cause = { sequence: 0, lock: '' };
  let func = '';
  const log = new ReplayedLog({
    mode,
    from: dataFile(`kernel/splats/${name}/snap_before.txt.zst`),
    onRecord: ({ type, cpu, sequence, lock, func: by }, replayed) => {
      if ('ARDCSHs'.includes(type)) lastOfCpu.set(cpu, { sequence, lock: replayed.address(lock) });
      if (type !== 'W') return;
      reported = sequence;
      cause = lastOfCpu.get(cpu)!;
      func = by;
    },
  });
  await log.read(dataFile(`kernel/splats/${name}/ldrec.txt.zst`));
  return { log, reported, cause: cause.sequence, func, lock: cause.lock };
}

function splatText(name: string): ReturnType<typeof readSplat> {
  return readSplat(readFileSync(dataFile(`kernel/splats/${name}/splat.txt`), 'utf8'));
}

/** A lock of ours in the kernel's words. */
function inKernelWords({ lock, class: { name, usage, waitInner, waitOuter }, site }: LockRef): SplatLock {
  const at = site.frames[0]?.text ?? '';
  return { lock, class: name, usage, wait: `${waitOuter === 0 ? waitInner : waitOuter}:${waitInner}`, at };
}

/** The locks a report is about, in the order of the kernel's text. */
function locksOf(report: Report): LockRef[] {
  switch (report.kind) {
    case 'recursive':
    case 'circular':
    case 'irq-order':
      return [report.want, report.holding];
    case 'invalid-wait-context':
      return [report.want];
    case 'irq-inversion':
    case 'inconsistent-state':
    case 'held-freed':
      return [report.lock];
    default:
      return [];
  }
}

/** The classes a report names beside its locks. */
function othersOf(report: Report): string[] {
  if (report.kind === 'irq-order') return [report.safe.name, report.unsafe.name];
  return report.kind === 'irq-inversion' ? [report.other.name] : [];
}

describe.each(['kernel', 'ideal'] as const)('in %s mode', (mode) => {
  describe.each(SPLATS)('%s', (name, kind) => {
    test(`one report, ${kind}, at the event that caused it, about the same locks`, async () => {
      const { log, reported, cause, func, lock } = await replaySplat(name, mode);
      const text = splatText(name);
      expect(KINDS[func]).toBe(kind);
      expect(log.reports.map(({ report, sequence }) => [report.kind, sequence])).toEqual([
        // The log has no record of memory being freed or initialised, only of the report.
        [kind, kind === 'held-freed' ? reported : cause],
      ]);
      const { report } = log.reports[0]!;
      expect(report.task).toBe(text.task);
      expect(locksOf(report).map(inKernelWords)).toEqual(text.locks);
      expect(report.held.map(inKernelWords)).toEqual(text.held);
      expect(report.kind === 'circular' ? report.cycle.map(({ to }) => to.name) : []).toEqual(text.circle);
      expect(report.kind === 'inconsistent-state' ? [report.oldUsage, report.newUsage] : []).toEqual(text.usage);
      expect(othersOf(report)).toEqual(text.others);
      // The log of a release that fails has no class, so the lock goes by its address; the kernel's text has its name alone.
      if (report.kind === 'bad-unlock') expect(report).toMatchObject({ action: 'release', lock: { lock } });
    });
  });

  test('workqueue_flush: nothing is reported, by the kernel and by us', async () => {
    const { log, reported } = await replaySplat('workqueue_flush', mode);
    expect(reported).toBe(0);
    expect(splatText('workqueue_flush').lines).toEqual([]);
    expect(log.counts.events).toBeGreaterThan(20);
    expect(log.reports).toEqual([]);
  });
});

test.each(SPLATS)("%s: the kernel's text and ours, side by side", async (name) => {
  const { log } = await replaySplat(name, 'ideal');
  const { report } = log.reports[0] as FoundReport;
  const text = splatText(name);
  expect(reportTitle(report)).toBe(text.title);
  const ours = renderText(report).trim().split('\n');
  await expect(sideBySide(text.lines, ours)).toMatchFileSnapshot(`__snapshots__/splats/${name}.txt`);
});

function sideBySide(left: readonly string[], right: readonly string[]): string {
  const plain = (line: string): string => line.replaceAll('\t', '    ').trimEnd();
  const width = Math.max(...left.map((line) => plain(line).length), 'Linux'.length);
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, at) => [
    left[at] ?? '',
    right[at] ?? '',
  ]);
  return [['Linux', 'lockdep'], ...rows]
    .map(([a, b]) => `${plain(a!).padEnd(width)} | ${b}`.trimEnd())
    .join('\n')
    .concat('\n');
}
