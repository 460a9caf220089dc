/**
 * A scenario: a small program over one file system, and what each code state makes of it.
 *
 * Cells are expectations, checked by exploration: a corruption names the kind, file and page of its finding, so that no scenario passes by
 * accident of another defect. `clean` is a claim about all interleavings.
 */
import type { Validator } from '@lockdep/core';
import {
  type BugSwitches,
  Engine,
  type EngineOptions,
  type Faults,
  type FindingKind,
  type Geometry,
  type Machine,
  type OperationObserver,
  type Proc,
  type Profile,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { CephLike } from '../ceph-like.ts';
import { Ext2Like } from '../ext2-like.ts';
import { Ext4Like } from '../ext4-like.ts';
import { XfsLike } from '../xfs-like.ts';

/** Kind of file system: {@link Ext2Like}, {@link Ext4Like}, {@link XfsLike}, {@link CephLike}. */
export type FileSystemName = 'ext2' | 'ext4' | 'xfs' | 'ceph';

/**
 * What exploration finds: nothing; wrong bytes; tasks that wait for each other; or a promise that was broken, with no harm to data.
 */
export type Verdict = 'clean' | 'corruption' | 'deadlock' | 'contract';

/** Of `bounded` cells: enough for every defect of these scenarios. */
export const PREEMPTIONS = 2;

/** The file system and the code state that a scenario runs on. */
export interface ScenarioSettings {
  readonly fs: FileSystemName;
  readonly profile: Profile;
  readonly bugs?: BugSwitches;
  readonly validator?: Validator | null;
  /** A file system of one's own instead of the kind named: a candidate to be tried. */
  readonly Candidate?: new (
    engine: Engine,
  ) => BlockFileSystem;
  /** Told of each call of an operation. */
  readonly observer?: OperationObserver | null;
  /** Rounds after which a reader is killed; makes every exploration finite. Default: never. */
  readonly patience?: number;
}

/** One expectation: the verdict on this file system, in this profile, with these defects. */
export interface Cell {
  readonly fs: FileSystemName;
  readonly profile: Profile;
  readonly bugs?: BugSwitches;
  readonly verdict: Verdict;
  /** What must be found, for a corruption. */
  readonly finding?: { readonly kind: FindingKind; readonly file: string; readonly index: number };
  /**
   * How sure `clean` is made: by default proved. `long`: proved in the long tests, sampled otherwise. `bounded`: there are too many
   * interleavings to try them all; the long tests try all with at most {@link PREEMPTIONS} preemptions. `sample`: some at random.
   */
  readonly effort?: 'long' | 'bounded' | 'sample';
}

/** The program, made on a machine: its tasks, not started. */
export interface ScenarioProgram {
  readonly engine: Engine;
  readonly tasks: Readonly<Record<string, () => Proc<unknown>>>;
}

/** A program and its expectations; make its program anew for each execution. */
export interface Scenario {
  /** Number in the list of scenarios. */
  readonly id: number;
  readonly title: string;
  readonly cells: readonly Cell[];
  /** Makes the files and tasks. Nothing runs yet. */
  build(machine: Machine, settings: ScenarioSettings): ScenarioProgram;
}

/** What differs from an engine's defaults; `Kind`: a file system of the scenario's own. */
interface MountOptions
  extends Pick<
    EngineOptions,
    'readaheadPages' | 'faultAround' | 'directReclaim' | 'freezes' | 'changesFlags' | 'commits' | 'kills'
  > {
  readonly faults?: Faults;
  readonly Kind?: new (engine: Engine) => BlockFileSystem;
}

/** An engine and a file system as a scenario wants them. */
export function mount(
  machine: Machine,
  {
    fs,
    profile,
    bugs = {},
    validator = null,
    patience = Number.POSITIVE_INFINITY,
    observer = null,
    Candidate,
  }: ScenarioSettings,
  geometry: Partial<Geometry>,
  options: MountOptions = {},
): { engine: Engine; fs: BlockFileSystem } {
  const engine = new Engine({ machine, validator, observer, profile, bugs, geometry, patience, ...options });
  const { Kind = Candidate ?? { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike, ceph: CephLike }[fs] } = options;
  return { engine, fs: new Kind(engine) };
}

/** The same cell for several profiles. */
export function cellsFor(profiles: readonly Profile[], cell: Omit<Cell, 'profile'>): Cell[] {
  return profiles.map((profile) => ({ ...cell, profile }));
}

export const AFTER: readonly Profile[] = ['seed', 'merged', 'latest'];
export const ALL: readonly Profile[] = ['before', ...AFTER];
/** Where every fault takes mmap_lock. */
export const BEFORE_VMA_LOCKS: readonly Profile[] = ['before', 'seed', 'merged'];
