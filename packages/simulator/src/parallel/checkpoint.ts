/** An exploration that is not over, as a file: what has been counted, and the branches that are left. Written whole or not at all. */

import { SimulatorError } from '../engine/error.ts';
import type { SavedBranches } from './branch-tree.ts';
import type { Counts, ToldFailure } from './stint.ts';

const FORMAT = 'lockdep exploration';
const VERSION = 2;

export interface Checkpoint {
  /** What was explored, and how: see {@link readCheckpoint}. */
  readonly program: string;
  readonly strategy: string;
  readonly steps: number;
  readonly counts: Counts;
  readonly gaveWay: boolean;
  readonly failures: readonly ToldFailure[];
  readonly branches: SavedBranches;
}

export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const { rename, writeFile } = await import('node:fs/promises');
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...checkpoint });
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}

/** @throws SimulatorError when it is not a checkpoint, or one of another program, strategy or step bound. */
export async function readCheckpoint(
  file: string,
  wanted: Pick<Checkpoint, 'program' | 'strategy' | 'steps'>,
): Promise<Checkpoint> {
  const { readFile } = await import('node:fs/promises');
  const refuse = (why: string): never => {
    throw new SimulatorError('bad-option', `checkpoint ${file}: ${why}`);
  };
  const text = await readFile(file, 'utf8').catch((error: Error) => refuse(error.message));
  const read = parse(text);
  if (read === null || read.format !== FORMAT) return refuse('this is not a checkpoint of an exploration');
  if (read.version !== VERSION) return refuse(`version ${read.version}, written by another lockdep: explore again`);
  for (const what of ['strategy', 'steps'] as const) {
    if (read[what] !== wanted[what]) refuse(`made with ${what} ${read[what]}, asked for now is ${wanted[what]}`);
  }
  if (read.program !== wanted.program) refuse('the program is another one, or has changed since: explore again');
  return read;
}

function parse(text: string): (Checkpoint & { readonly format: string; readonly version: number }) | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
