/**
 * What the engine needs of whoever runs it: atomic accesses to shared data, choices, tasks. Locks come from `@lockdep/locks`.
 *
 * All engine code is generators; what it yields belongs to the machine and the lock runtime, so it is `unknown` here.
 * Rule of the engine: code between two `yield*` touches only what the last step declared, what a held lock protects, and
 * what nobody else can reach. That makes the declared accesses the whole dependence relation of an explorer.
 */
import type { Agent } from '@lockdep/locks';

/** Kernel code: a generator, driven by a machine. */
export type Proc<T = void> = Generator<unknown, T, unknown>;

/** One visible step. `yield*` it to take it. */
export interface Act<T = void> {
  [Symbol.iterator](): Iterator<unknown, T, unknown>;
}

/** A piece of shared data that steps declare to read or write: one page-cache slot, one disk block, an `i_size`. */
export interface Region {
  /** What it goes by in diagrams and messages. */
  readonly name: string;
}

/** Who runs kernel code: {@link PlainMachine}, or a simulation through {@link simulatedMachine}. */
export interface Machine {
  /** A new region. Make regions at setup, or in the task that alone can reach them. */
  region(name: string): Region;
  /** One atomic step that reads and writes the regions named; `perform` does it. */
  access<T>(reads: readonly Region[], writes: readonly Region[], words: string, perform: () => T): Act<T>;
  /** The scheduler picks 0 … count-1. */
  choose(count: number, label: string): Act<number>;
  /** Starts another task. */
  start(name: string, code: () => Proc<unknown>): Act<unknown>;
  /** Who is running now. */
  current(): Agent;
}
