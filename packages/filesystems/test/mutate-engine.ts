/** The lock acquisitions of the read, fault and punch paths, and what notices when one of them is taken out of the engine. */
import { Validator } from '@lockdep/core';
import type { Proc, Profile } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import {
  type FileSystemName,
  pread,
  punchHole,
  pwrite,
  runFsx,
  type Scenario,
  scenarioProgram,
  scenarios,
} from '../src/index.ts';
import { type LockSite, lockSites, withoutLockSite } from './lock-mutant.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';
import { randomOperations } from './random-operations.ts';
import { traceOperations } from './trace-operations.ts';

/** Where a site is met: an operation whose golden trace passes it. */
export interface Meeting {
  readonly operation: string;
  readonly fs: FileSystemName;
  readonly profile: Profile;
}

const KINDS: readonly FileSystemName[] = ['ext2', 'ext4', 'xfs'];
const PROFILES: readonly Profile[] = ['merged', 'latest'];

const readPage = ({ a }: Stage): Proc<unknown> => pread(a, 0, 4);

/** A schedule in which a read comes upon its own readahead, still under way. */
function seedOfBusyFolio(): number {
  for (let seed = 1; seed < 1_000; seed++) {
    if (lockTrace({ fs: 'ext4', seed }, readPage).endsWith('inv(s) · -inv · folio · -folio')) return seed;
  }
  throw new Error('a thousand schedules have not found a folio under I/O');
}

/** Paths that the recorded operations do not take; their traces on ext4, as merged, are golden here. */
export const furtherOperations: Readonly<
  Record<string, readonly [Omit<TraceOptions, 'fs' | 'profile'>, (stage: Stage) => Proc<unknown>, string]>
> = {
  'read, not uptodate': [
    { before: ({ fs, a }) => fs.cache(a, 0, []) },
    readPage,
    'inv(s) · ?folio · i_data_sem(s) · -i_data_sem · folio to io · -inv',
  ],
  'read, miss, no readahead': [
    { readaheadPages: -1 },
    readPage,
    'inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv',
  ],
  'read, folio under I/O': [
    { seed: seedOfBusyFolio() },
    readPage,
    'inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv · inv(s) · -inv · folio · -folio',
  ],
  'punch, writes a dirty page back first, with its I/O': [
    { blockSize: 1, withIo: true, before: cached, beside: ({ a }) => pwrite(a, 0, 4, 'w2') },
    ({ fs, a }) => punchHole(fs, a, 1, 1),
    'sb_writers(s) · s_writepages_rwsem(s) · transaction(s) · folio · i_data_sem(s) · -i_data_sem · -folio · -transaction · ' +
      '-s_writepages_rwsem · writeback folio · xa_lock · -xa_lock · -writeback folio · i_rwsem · inv · folio · -folio · ' +
      'transaction(s) · i_data_sem · -i_data_sem · -transaction · -inv · -i_rwsem · -sb_writers',
  ],
};

function cached({ fs, a }: Stage): void {
  fs.cache(a, 0);
  fs.cache(a, 1);
}

export function trace({ operation, fs, profile }: Meeting): string {
  const [options, run] = traceOperations[operation] ?? furtherOperations[operation]!;
  return lockTrace({ ...options, fs, profile }, run);
}

/** Tasks whose locks are those of the operation: others only prepare it. */
const isOwn = (task: string): boolean => task === 'op' || task.startsWith('io ');

/** The sites of the three paths as merged and in the latest profile, each with all its meetings. */
export function sitesOfPaths(): Map<LockSite, Meeting[]> {
  const found = new Map<LockSite, Meeting[]>();
  const paths = [...Object.keys(traceOperations), ...Object.keys(furtherOperations)];
  for (const operation of paths.filter((name) => /^(read|write fault|punch|fadvise)/.test(name))) {
    for (const fs of KINDS) {
      for (const profile of PROFILES) {
        const meeting = { operation, fs, profile };
        for (const site of lockSites(() => void trace(meeting), isOwn))
          found.set(site, [...(found.get(site) ?? []), meeting]);
      }
    }
  }
  return found;
}

/** Whether a golden trace changes, or a run ends otherwise than it should. */
export function changesTrace(site: LockSite, meetings: readonly Meeting[]): boolean {
  return meetings.some((meeting) => {
    const before = trace(meeting);
    try {
      return withoutLockSite(site, () => trace(meeting)) !== before;
    } catch {
      return true;
    }
  });
}

/** An assertion, or a rule of the order, that the validator reports. */
export function reportsIt(site: LockSite): string | null {
  return withoutLockSite(site, () => {
    for (const fs of KINDS) {
      for (const profile of PROFILES) {
        for (let seed = 1; seed <= 12; seed++) {
          const validator = new Validator({ sites: false });
          const message = firstOf(() => {
            randomOperations({ fs, profile, seed, validator });
            return validator.reports[0]?.message ?? null;
          });
          if (message !== null) return message;
        }
      }
    }
    return null;
  });
}

/** What users, or the end of a run, show of it: the oracle's first finding, tasks that wait for each other, or an error. */
export function harms(site: LockSite): string | null {
  return withoutLockSite(site, () => byRandomPrograms() ?? byScenarios() ?? byFsx());
}

function byRandomPrograms(): string | null {
  for (let seed = 1; seed <= 500; seed++) {
    for (const fs of KINDS) {
      for (const profile of PROFILES) {
        const found = firstOf(() => {
          const { findings, stuck } = randomOperations({ fs, profile, seed });
          return findings[0]?.message ?? (stuck.length > 0 ? `stuck: ${stuck.join(', ')}` : null);
        });
        if (found !== null) return found;
      }
    }
  }
  return null;
}

function byScenarios(): string | null {
  for (const scenario of scenarios) {
    for (const profile of PROFILES) {
      for (const cell of scenario.cells) {
        if (cell.verdict !== 'clean' || cell.profile !== profile || cell.bugs !== undefined) continue;
        const found = firstOf(() => sample(scenario, cell.fs, profile));
        if (found !== null) return found;
      }
    }
  }
  return null;
}

function sample(scenario: Scenario, fs: FileSystemName, profile: Profile): string | null {
  const program = scenarioProgram(scenario, { fs, profile });
  const { failures } = explore(program, {
    strategy: 'portfolio',
    validator: null,
    minimise: 0,
    stopOnFailure: true,
    budget: { steps: 1_000, executions: 200, ms: 20_000 },
  });
  return failures[0]?.message ?? null;
}

function byFsx(): string | null {
  for (let seed = 1; seed <= 6; seed++) {
    for (const fs of KINDS) {
      const found = firstOf(() => {
        const options = { readers: true, keepsMapped: seed % 2 === 0 };
        return runFsx({ fs, seed, operations: 150, ...options }).failure?.message ?? null;
      });
      if (found !== null) return found;
    }
  }
  return null;
}

/** An error of the engine is a discovery too. */
function firstOf(run: () => string | null): string | null {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}
