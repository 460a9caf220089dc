/** What passes between the thread that keeps the tree and the workers. */
import type { SimulatorErrorCode } from '../engine/error.ts';
import type { Branch } from '../search/branch.ts';
import type { TreeSearchKind } from '../search/tree-search.ts';
import type { ProgramSource } from './program-source.ts';
import type { StintResult } from './stint.ts';

/** What a worker is made with. */
export interface WorkerData {
  readonly source: ProgramSource;
  readonly kind: TreeSearchKind;
  readonly maxSteps: number;
  readonly leaks: boolean;
  readonly stopOnFailure: boolean;
  /** Numbers that all share: how many workers have nothing to do, whether everybody is to stop, how many executions may still begin. */
  readonly signals: Int32Array<SharedArrayBuffer>;
}

/** Places in {@link WorkerData.signals}. */
export const IDLE = 0;
export const STOP = 1;
export const LEFT = 2;

/** To a worker: explore these, for this long at most. */
export interface StintRequest {
  readonly branches: readonly Branch[];
  readonly ms: number;
}

/** From a worker: how it went, or the error of the program. */
export type WorkerAnswer =
  | { readonly result: StintResult }
  | { readonly error: { readonly message: string; readonly stack?: string; readonly code: SimulatorErrorCode | null } };
