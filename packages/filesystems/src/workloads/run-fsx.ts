/** One run of fsx on a machine of its own: engine, file system and schedule made from a seed. And the same for an explorer. */
import type { Validator } from '@lockdep/core';
import {
  type BugSwitches,
  Engine,
  type Geometry,
  type Machine,
  PlainMachine,
  type Proc,
  type Profile,
  simulatedMachine,
} from '@lockdep/page-cache';
import { fileSystemKinds } from '../file-system-kinds.ts';
import type { FileSystemName } from '../scenarios/scenario.ts';
import type { ScenarioSimulation } from '../scenarios/scenario-program.ts';
import { Fsx, type FsxOptions, type FsxResult } from './fsx.ts';
import type { FsxEntry } from './fsx-log.ts';

/** Where fsx runs. */
export interface FsxSettings extends FsxOptions {
  readonly fs: FileSystemName;
  /** Default `merged`. */
  readonly profile?: Profile;
  readonly bugs?: BugSwitches;
  readonly validator?: Validator | null;
  /** Sizes that differ from {@link fsxGeometry}. */
  readonly geometry?: Partial<Geometry>;
}

/** Pages of four blocks, eight of them a file. */
export const fsxGeometry: Geometry = { pageSize: 16, blockSize: 4, filePages: 8, diskBlocks: 64 };

/** No operation takes so many steps: code with a lock missing may go round in circles for ever. */
const STEPS = 20_000;

/** So many operations from a seed, which is also that of the schedule. */
export interface FsxCampaign extends FsxSettings {
  readonly seed: number;
  readonly operations: number;
  /** Keeps the log. Default true; a run of millions does without. */
  readonly keepsLog?: boolean;
  /** Told now and then how many operations have been done. */
  readonly onProgress?: (operations: number) => void;
}

/** Runs `operations` operations drawn from `seed`. */
export function runFsx(campaign: FsxCampaign): FsxResult {
  const { seed, operations, keepsLog = true, onProgress } = campaign;
  return play(campaign, seed, keepsLog, (fsx) => fsx.run(seed, operations), onProgress);
}

/** Replays a log; with a seed of the schedule, or without one: each task goes on until it has to wait. */
export function replayFsx(settings: FsxSettings, log: readonly FsxEntry[], seed?: number): FsxResult {
  return play(settings, seed, true, (fsx) => fsx.replay(log));
}

/** A log as a program for an explorer, which finds the schedule. An execution fails with what fsx or the oracle says. */
export function fsxProgram(settings: FsxSettings, log: readonly FsxEntry[]): (sim: ScenarioSimulation) => void {
  return (sim) => {
    const fsx = fsxOn(simulatedMachine(sim), settings, false);
    sim.task('fsx', (() => fsx.replay(log)) as () => Proc<never> as unknown as () => never);
    sim.final(() => {
      const { failure } = fsx.finish([]);
      return failure === null ? true : `${failure.kind}: ${failure.message}`;
    });
  };
}

function play(
  settings: FsxSettings,
  seed: number | undefined,
  keepsLog: boolean,
  code: (fsx: Fsx) => Proc<unknown>,
  onProgress?: (operations: number) => void,
): FsxResult {
  const { validator = null } = settings;
  const machine = new PlainMachine(seed === undefined ? { validator } : { seed, validator });
  const fsx = fsxOn(machine, settings, keepsLog);
  machine.spawn('fsx', () => code(fsx));
  for (let before = -1; ; before = fsx.operations) {
    const { steps, stuck } = machine.run(STEPS);
    if (steps < STEPS || fsx.operations === before) return fsx.finish(stuck);
    onProgress?.(fsx.operations);
  }
}

function fsxOn(machine: Machine, settings: FsxSettings, keepsLog: boolean): Fsx {
  const { fs, profile = 'merged', bugs = {}, validator = null, geometry = {} } = settings;
  const engine = new Engine({
    machine,
    validator,
    profile,
    bugs,
    geometry: { ...fsxGeometry, ...geometry },
    readaheadPages: 1,
    faultAround: true,
  });
  return new Fsx(new fileSystemKinds[fs](engine), settings, keepsLog);
}
