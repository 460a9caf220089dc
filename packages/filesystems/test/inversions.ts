/**
 * Orders of locks that the defects of the scenarios make the validator report, and what becomes of them: `confirmed` with a schedule that
 * deadlocks, `refuted` by all interleavings. Where a scenario has too many of these, the program is made of some of its tasks: so for
 * scenario 10 and, with fork, 15.
 */
import { type OrderReport, Validator } from '@lockdep/core';
import type { BugSwitches, Profile } from '@lockdep/page-cache';
import { type Confirmation, type ConfirmOptions, confirmAll } from '@lockdep/simulator';
import { type Scenario, type ScenarioSettings, scenarioProgram, scenarios } from '../src/index.ts';

type Answer = Confirmation['verdict'];

export interface Inversions {
  readonly scenario: Scenario;
  readonly settings: ScenarioSettings;
  /** By report: `circular A > B`. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Tasks the program is made of. Default: all. */
  readonly tasks?: readonly string[];
  /** More than a few thousand executions. */
  readonly long?: true;
}

interface Row extends Omit<Inversions, 'scenario' | 'settings'> {
  readonly title: string;
  readonly fs: ScenarioSettings['fs'];
  /** Default: that of the first cell with these switches. */
  readonly profile?: Profile;
  readonly bugs: BugSwitches;
}

const ROWS: readonly Row[] = [
  {
    title: 'write(A from a mapping of B) ∥ write(B from a mapping of A) ∥ unmapping of both',
    fs: 'ext4',
    bugs: { 'write.atomicCopy': false },
    // A fault lets go of mmap_lock before it waits for a folio, so the deadlock of the folio locks is another one.
    answers: { 'circular folio_lock > &mm->mmap_lock': 'refuted' },
    long: true,
  },
  {
    title: 'direct read(A into a mapping of B) ∥ direct read(B into a mapping of A) ∥ punch of both',
    fs: 'ext4',
    bugs: { 'fs.dioRangeLockOverGup': true },
    tasks: ['read1', 'read2'],
    answers: {
      'recursive extent_range': 'confirmed',
      'circular mapping.invalidate_lock > extent_range': 'confirmed',
      'circular mapping.invalidate_lock > folio_lock > extent_range': 'confirmed',
      'circular sb_pagefaults > mapping.invalidate_lock > extent_range > &mm->mmap_lock': 'refuted',
      'circular sb_pagefaults > folio_lock > extent_range > &mm->mmap_lock': 'refuted',
      'circular &mm->mmap_lock > folio_lock > extent_range': 'refuted',
      'circular sb_pagefaults > mapping.invalidate_lock > folio_lock > extent_range > &mm->mmap_lock': 'refuted',
    },
  },
  {
    title: 'direct read(A into a mapping of A) ∥ punch(A)',
    fs: 'ext4',
    bugs: { 'fs.dioRangeLockOverGup': true },
    answers: {
      'recursive extent_range': 'confirmed',
      'circular mapping.invalidate_lock > extent_range': 'confirmed',
    },
  },
  {
    title: 'read(A into a mapping of B) ∥ read(B into a mapping of A) ∥ truncate of both',
    fs: 'ext4',
    bugs: { 'read.invalidateLockOverCopy': true },
    answers: {
      'circular &mm->mmap_lock > mapping.invalidate_lock': 'confirmed',
      'instance-order mapping.invalidate_lock': 'confirmed',
      // A fault that may make its page writable holds sb_pagefaults, and waits behind the other file's truncate.
      'circular sb_pagefaults > mapping.invalidate_lock > &mm->mmap_lock': 'confirmed',
    },
  },
  {
    title: 'read(A into a mapping of B) ∥ read(B into a mapping of A) ∥ truncate of both',
    fs: 'ext4',
    bugs: { 'read.invalidateLockOverCopy': true },
    // The deadlock wants a writer in the queue of each of the two locks.
    tasks: ['read1', 'read2', 'truncate1'],
    answers: {
      'circular &mm->mmap_lock > mapping.invalidate_lock': 'refuted',
      'instance-order mapping.invalidate_lock': 'refuted',
      'circular sb_pagefaults > mapping.invalidate_lock > &mm->mmap_lock': 'refuted',
    },
    long: true,
  },
  {
    title: 'reflink(A to B) ∥ dedupe(B, A) ∥ inodes dropped and read back',
    fs: 'xfs',
    bugs: { 'lockTwo.comparator': 'mixed' },
    answers: {
      'order-flip &sb->s_type->i_mutex_key/1': 'confirmed',
      'instance-order &sb->s_type->i_mutex_key/1': 'confirmed',
    },
  },
  {
    title: 'reflink(A to B) ∥ dedupe(B, A) ∥ inodes dropped and read back',
    fs: 'xfs',
    profile: 'merged',
    bugs: { 'lockTwo.comparator': 'mixed' },
    answers: {
      'order-flip &sb->s_type->i_mutex_key/1': 'confirmed',
      'instance-order &sb->s_type->i_mutex_key/1': 'confirmed',
      // The locks above keep them apart.
      'order-flip mapping.invalidate_lock/1': 'refuted',
      'instance-order mapping.invalidate_lock/1': 'refuted',
    },
    long: true,
  },
  {
    title: 'reflink(A to B), both locks of one inode first ∥ write(B from a mapping of A)',
    fs: 'xfs',
    profile: 'merged',
    bugs: { 'lockTwo.interleaved': true },
    answers: {
      'interleaved-order &sb->s_type->i_mutex_key/1': 'confirmed',
      'interleaved-order mapping.invalidate_lock/1': 'confirmed',
    },
  },
  {
    title: 'rename with whiteout in group 1 over a file of group 0 ∥ the same the other way round',
    fs: 'xfs',
    bugs: { 'xfs.agiOrder': 'argument' },
    answers: { 'recursive xfs_agi_buffer': 'confirmed' },
  },
  {
    title: 'freeze, thaw ∥ write(A from a mapping of B) ∥ store through a mapping of A ∥ mmap',
    fs: 'ext4',
    bugs: { 'fs.mkwriteUsesStartWrite': true },
    answers: {
      'circular &sb->s_type->i_mutex_key > &mm->mmap_lock > sb_writers': 'confirmed',
      'circular sb_writers > &mm->mmap_lock': 'confirmed',
    },
  },
  {
    title: 'freeze, thaw ∥ write(A from a mapping of B) ∥ store through a mapping of A ∥ fork',
    fs: 'ext4',
    profile: 'latest',
    bugs: { 'fs.mkwriteUsesStartWrite': true },
    answers: {
      'circular &sb->s_type->i_mutex_key > &mm->mmap_lock > vm_lock > sb_writers': 'confirmed',
      'circular sb_writers > &mm->mmap_lock > vm_lock': 'confirmed',
      // Of more than 100,000 interleavings not all are tried here (all were once: refuted); see the next row.
      'circular &mm->mmap_lock > sb_writers': 'unconfirmed',
    },
  },
  {
    title: 'freeze, thaw ∥ write(A from a mapping of B) ∥ store through a mapping of A ∥ fork',
    fs: 'ext4',
    profile: 'latest',
    bugs: { 'fs.mkwriteUsesStartWrite': true },
    // Without the writer of the freeze level nobody waits at it.
    tasks: ['store', 'write', 'fork'],
    answers: {
      'circular &sb->s_type->i_mutex_key > &mm->mmap_lock > vm_lock > sb_writers': 'refuted',
      'circular sb_writers > &mm->mmap_lock > vm_lock': 'refuted',
      'circular &mm->mmap_lock > sb_writers': 'refuted',
    },
    long: true,
  },
  {
    title: 'ioctl(SETFLAGS, A) ∥ freeze, thaw ∥ write(A)',
    fs: 'ext4',
    bugs: { 'vfs.startWriteInsideIrwsem': true },
    answers: { 'circular sb_writers > &sb->s_type->i_mutex_key': 'confirmed' },
  },
  {
    title: 'fsync(A), memory short: inode of C written and dropped ∥ journal flag of B changed',
    fs: 'ext4',
    bugs: { 'ext4.writepagesNofs': false },
    answers: {
      'recursive &sbi->s_writepages_rwsem': 'confirmed',
      'circular fs_reclaim > &sbi->s_writepages_rwsem': 'confirmed',
    },
  },
  {
    title: 'fadvise(WILLNEED) that reads hashes of the same file first ∥ punch(A[0])',
    fs: 'ext4',
    bugs: { 'readahead.recursiveShared': true },
    answers: { 'recursive mapping.invalidate_lock': 'confirmed' },
  },
];

export const inversions: readonly Inversions[] = ROWS.map(({ title, fs, bugs, ...rest }) => {
  const scenario = scenarios.find((each) => each.title === title)!;
  const { profile = scenario.cells.find((cell) => cell.fs === fs && same(cell.bugs, bugs))!.profile } = rest;
  return { scenario, settings: { fs, profile, bugs }, ...rest };
});

/** Each scenario with each defect that its cells switch on, in each of their profiles, on each of their file systems. */
export const switched: readonly Pick<Inversions, 'scenario' | 'settings'>[] = scenarios.flatMap((scenario) =>
  scenario.cells.flatMap(({ fs, profile, bugs }) =>
    bugs === undefined ? [] : [{ scenario, settings: { fs, profile, bugs } }],
  ),
);

/** Whether not all interleavings of the whole program are tried: a row says what is known instead. */
export function isTooLarge({
  scenario,
  settings: { fs, profile, bugs },
}: Pick<Inversions, 'scenario' | 'settings'>): boolean {
  return inversions.some(
    ({ settings, answers, tasks, ...row }) =>
      row.scenario === scenario &&
      settings.fs === fs &&
      settings.profile === profile &&
      same(settings.bugs, bugs) &&
      (tasks !== undefined || Object.values(answers).includes('unconfirmed')),
  );
}

function same(one: BugSwitches | undefined, other: BugSwitches | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export const nameOf = ({ scenario, settings: { fs, bugs } }: Pick<Inversions, 'scenario' | 'settings'>): string =>
  `${scenario.id} ${scenario.title}, ${fs}, ${JSON.stringify(bugs)}`;

/** The reports of orders that ordinary runs show, each with its answer; `means` as for `confirm`. */
export function answersTo(
  { scenario, settings, tasks }: Pick<Inversions, 'scenario' | 'settings' | 'tasks'>,
  options: Pick<ConfirmOptions, 'budget' | 'means' | 'runs'>,
): Record<string, Answer> {
  const validator = new Validator({ sites: false });
  const program: Pick<Scenario, 'build'> = tasks === undefined ? scenario : only(scenario, tasks);
  const more = { validator, minimise: 5_000, ...options };
  const answers = confirmAll(scenarioProgram(program, { ...settings, validator }), more);
  return Object.fromEntries(answers.map(({ report, verdict }) => [keyOf(report), verdict]));
}

function only(scenario: Scenario, names: readonly string[]): Pick<Scenario, 'build'> {
  return {
    build(machine, settings) {
      const { engine, tasks } = scenario.build(machine, settings);
      return { engine, tasks: Object.fromEntries(names.map((name) => [name, tasks[name]!])) };
    },
  };
}

function keyOf(report: OrderReport): string {
  if (report.kind !== 'circular') return `${report.kind} ${report.want.class.name}`;
  return `circular ${report.cycle.map(({ from }) => from.name).join(' > ')}`;
}
