/** Where a workload of many tasks runs, and what one run of it came to; shared by holetest and fsstress. */
import type { Validator } from '@lockdep/core';
import { type BugSwitches, Engine, findingText, type Geometry, PlainMachine, type Profile } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { fileSystemKinds } from '../file-system-kinds.ts';
import type { FileSystemName } from '../scenarios/scenario.ts';

/** A machine, a file system, a schedule. */
export interface WorkloadSettings {
  readonly fs: FileSystemName;
  /** Default `merged`. */
  readonly profile?: Profile;
  readonly bugs?: BugSwitches;
  readonly validator?: Validator | null;
  /** Of the schedule, and of what is drawn. */
  readonly seed: number;
  /** Reclaim (`kswapd`) and writeback (a flusher) beside the tasks. Default true. */
  readonly background?: boolean;
}

/** What was wrong, in words; empty lists when nothing was. */
export interface WorkloadResult {
  /** Operations done, in all tasks. */
  readonly operations: number;
  /** What users or the oracle saw. */
  readonly findings: readonly string[];
  /** Tasks that wait for each other. */
  readonly stuck: readonly string[];
  /** What the tasks were to do, a line each. */
  readonly program: readonly string[];
}

/** So many steps no run needs: code with a lock missing may go round in circles. */
const STEPS = 500_000;

/** One run: a machine on which phases of tasks run, one phase after the other. */
export class WorkloadRun {
  readonly fs: BlockFileSystem;
  readonly machine: PlainMachine;
  readonly #stuck: string[] = [];

  constructor(
    { fs, profile = 'merged', bugs = {}, validator = null, seed }: WorkloadSettings,
    geometry: Partial<Geometry>,
    freezes: boolean = false,
  ) {
    this.machine = new PlainMachine({ seed, validator });
    const engine = new Engine({
      machine: this.machine,
      ...{ validator, profile, bugs, geometry },
      readaheadPages: 1,
      faultAround: seed % 2 === 0,
      freezes,
    });
    this.fs = new fileSystemKinds[fs](engine);
  }

  /** Runs what has been spawned; false when some of it is stuck. */
  phase(): boolean {
    if (this.#stuck.length === 0) this.#stuck.push(...this.machine.run(STEPS).stuck);
    return this.#stuck.length === 0;
  }

  /** Looks at the final state, unless somebody is stuck in the middle of it. */
  finish(operations: number, program: readonly string[], wrong: readonly string[] = []): WorkloadResult {
    const { engine } = this.fs;
    if (this.#stuck.length === 0) engine.inspect();
    const findings = [...wrong, ...engine.oracle.findings.map(findingText)];
    return { operations, findings, stuck: this.#stuck, program };
  }
}
