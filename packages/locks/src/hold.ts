/**
 * One acquisition of a lock by asynchronous code: first perhaps a waiter in its queue, then a holder.
 *
 * It is what the lock's state machine knows, so two acquisitions of one strand are told apart. A lock keeps one spare
 * hold, so that taking and releasing it in turn allocates nothing.
 */
import type { Site, Task, Validator } from '@lockdep/core';
import type { Agent } from './runtime.ts';
import type { Strand } from './strand.ts';

/** What waiting has set up, to be told how it ended. */
export interface Waiting {
  readonly granted: (hold: Hold) => void;
  readonly failed: (reason: unknown) => void;
  readonly timer: ReturnType<typeof setTimeout> | null;
  readonly signal: AbortSignal | null;
  readonly onAbort: (() => void) | null;
}

export class Hold implements Agent {
  strand: Strand;
  mode: number;
  granted = false;
  /** When it was granted, or while waiting when it was asked for. */
  since = 0;
  site: Site | null = null;
  waiting: Waiting | null = null;
  /** Somebody else refers to it, so it must not be used again. */
  shared = false;

  constructor(strand: Strand, mode: number) {
    this.strand = strand;
    this.mode = mode;
  }

  get name(): string {
    return this.strand.name;
  }

  taskOf(validator: Validator): Task {
    return this.strand.taskOf(validator);
  }

  /** Ends the waiting; answers what was set up. */
  stopWaiting(): Waiting | null {
    const { waiting } = this;
    if (waiting === null) return null;
    this.waiting = null;
    if (waiting.timer !== null) clearTimeout(waiting.timer);
    if (waiting.onAbort !== null) waiting.signal?.removeEventListener('abort', waiting.onAbort);
    return waiting;
  }
}
