/**
 * What all parts of one simulated machine share: who runs it, who validates it, the code state, sizes, and the oracle.
 *
 * Make one per execution, inside the program that is explored; it keeps no state between executions.
 */
import type { Lock, Report, Validator } from '@lockdep/core';
import type { BaseLock } from '@lockdep/locks';
import type { BugSwitches } from './bug-switches.ts';
import { FatalSignals } from './fatal-signals.ts';
import { FaultInjection, type Faults } from './fault-injection.ts';
import type { Folio } from './folio.ts';
import { checkGeometry, defaultGeometry, type Geometry } from './geometry.ts';
import { inspectReferences } from './inspect-references.ts';
import type { Machine } from './machine.ts';
import { Memory } from './memory.ts';
import type { OperationObserver } from './observe-operations.ts';
import { Oracle } from './oracle.ts';
import { type Profile, type Rules, resolveRules } from './rules.ts';

/** What an {@link Engine} is made from; all but `machine` have defaults. */
export interface EngineOptions {
  readonly machine: Machine;
  /** Who validates the locks; null (the default) for speed. */
  readonly validator?: Validator | null;
  /** Told of each call of an operation of a file system. Default: nobody. */
  readonly observer?: OperationObserver | null;
  /** Default `merged`. */
  readonly profile?: Profile;
  /** Single defects switched on over the profile. Default: none. */
  readonly bugs?: BugSwitches;
  /** Sizes that differ from {@link defaultGeometry}. */
  readonly geometry?: Partial<Geometry>;
  /** Pages read ahead of what was asked for; 0: none. -1: no readahead at all, as when its allocations fail. Default 0. */
  readonly readaheadPages?: number;
  /** A reader that has looked this often without getting on is killed (`EINTR`); makes explorations finite. Default: never. */
  readonly patience?: number;
  /** Read faults map the cached pages around. Default false. */
  readonly faultAround?: boolean;
  /** How many requests, allocations, reservations may fail; which, the scheduler chooses. Default: none. */
  readonly faults?: Faults;
  /**
   * Whether memory may be short at any allocation, so that the task has to reclaim something itself: what, of `memory.shrinkers`, is a
   * choice of the scheduler. `memcg`: for a memory cgroup of the old kind, which may wait for writeback. Default `never`.
   */
  readonly directReclaim?: 'never' | 'global' | 'memcg';
  /** Whether some task may freeze a file system: only then are freeze levels waited for, and cost steps. Default false. */
  readonly freezes?: boolean;
  /** Whether some task may change how a file's data is written (`s_writepages_rwsem` of ext4 is waited for then). Default false. */
  readonly changesFlags?: boolean;
  /**
   * Whether commits of a journal are waited for: only then does fsync wait for a commit, a commit for the handles that are open, and who
   * starts one for a commit; and only then does a handle cost steps. Default false.
   */
  readonly commits?: boolean;
  /** Whether some task may be killed: only then do reads look for a fatal signal, and cost steps for it. Default false. */
  readonly kills?: boolean;
}

/**
 * One simulated machine: what file systems, inodes and processes of one execution share.
 *
 * @throws RangeError (constructor) when the sizes do not fit together; see {@link checkGeometry}.
 */
export class Engine {
  readonly machine: Machine;
  readonly faults: FaultInjection;
  readonly validator: Validator | null;
  readonly observer: OperationObserver | null;
  readonly rules: Rules;
  readonly geometry: Geometry;
  readonly oracle: Oracle;
  readonly readaheadPages: number;
  readonly patience: number;
  /** File systems that evicted without being converted to invalidate_lock: exempt from its assertions. */
  readonly unconverted: Set<string> = new Set();
  readonly faultAround: boolean;
  readonly directReclaim: 'never' | 'global' | 'memcg';
  readonly freezes: boolean;
  readonly changesFlags: boolean;
  readonly commits: boolean;
  readonly signals: FatalSignals;
  readonly memory: Memory;
  /** Those that have not been freed. */
  readonly folios: Set<Folio> = new Set();
  #superBlocks = 0;
  /** Things to look at when nothing runs any more: each answers what is wrong by adding findings. */
  readonly #inspections: (() => void)[] = [];

  constructor(options: EngineOptions) {
    this.machine = options.machine;
    this.faults = new FaultInjection(options.machine, options.faults ?? {});
    this.validator = options.validator ?? null;
    this.observer = options.observer ?? null;
    this.rules = resolveRules(options.profile ?? 'merged', options.bugs ?? {});
    this.geometry = checkGeometry({ ...defaultGeometry, ...options.geometry });
    this.oracle = new Oracle(this.geometry.pageSize);
    this.readaheadPages = options.readaheadPages ?? 0;
    this.patience = options.patience ?? Number.POSITIVE_INFINITY;
    this.faultAround = options.faultAround ?? false;
    this.directReclaim = options.directReclaim ?? 'never';
    this.freezes = options.freezes ?? false;
    this.changesFlags = options.changesFlags ?? false;
    this.commits = options.commits ?? false;
    this.signals = new FatalSignals(this.machine, options.kills ?? false);
    this.memory = new Memory(this.machine, this.validator);
  }

  /** @internal */
  nextSuperBlock(): number {
    this.#superBlocks += 1;
    return this.#superBlocks;
  }

  /** Page index of a byte offset. */
  pageOf(offset: number): number {
    return Math.floor(offset / this.geometry.pageSize);
  }

  /** The current task must hold the lock exclusively; a duty of the caller where this is called. */
  assertHeldWrite(lock: BaseLock): Report | null {
    return this.#assert(lock, (validator, task, instance) => validator.assertHeldWrite(task, instance));
  }

  /** The current task must hold the lock, in any mode. */
  assertHeld(lock: BaseLock): Report | null {
    return this.#assert(lock, (validator, task, instance) => validator.assertHeld(task, instance));
  }

  /** The current task must not hold the lock, in any mode. */
  assertNotHeld(lock: BaseLock): Report | null {
    return this.#assert(lock, (validator, task, instance) => validator.assertNotHeld(task, instance));
  }

  /** Adds something to look at in {@link inspect}. */
  onInspect(look: () => void): void {
    this.#inspections.push(look);
  }

  /** Looks at the final state, when every task has ended; the first finding of the run in words, null when all is well. */
  inspect(): string | null {
    for (const look of this.#inspections) look();
    inspectReferences(this);
    return this.oracle.verdict();
  }

  #assert(
    lock: BaseLock,
    check: (validator: Validator, task: ReturnType<Validator['task']>, instance: Lock) => Report | null,
  ): Report | null {
    const { validator } = this;
    if (validator === null || lock.instance === null) return null;
    return check(validator, this.machine.current().taskOf(validator), lock.instance);
  }
}
