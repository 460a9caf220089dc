/** Keeps what each task holds, as the steps of an execution go by, and passes everything on to the listener there was before. */
import type { Op } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { WorldListener } from '../engine/world-listener.ts';
import { effectOf, isExclusive, lockClassOf } from './lock-step.ts';

export interface Hold {
  readonly lock: SimObject;
  readonly lockClass: string;
  readonly exclusive: boolean;
}

const NOTHING: readonly Hold[] = [];

export class HeldByTask implements WorldListener {
  readonly #inner: WorldListener | null;
  readonly #held: (Hold[] | undefined)[] = [];

  constructor(inner: WorldListener | null) {
    this.#inner = inner;
  }

  /** What a task holds, oldest first. */
  of(task: number): readonly Hold[] {
    return this.#held[task] ?? NOTHING;
  }

  executionStarts(): void {
    this.#held.length = 0;
    this.#inner?.executionStarts();
  }

  taskStarts(task: SimTask): void {
    this.#inner?.taskStarts(task);
  }

  taskEnds(task: SimTask): void {
    this.#inner?.taskEnds(task);
  }

  parked(task: SimTask, op: Op): void {
    this.#inner?.parked(task, op);
  }

  abandoned(task: SimTask, op: Op): void {
    this.#inner?.abandoned(task, op);
  }

  stepped(task: SimTask, op: Op, result: unknown): void {
    this.#inner?.stepped(task, op, result);
    // The first step of waiting in a condition lets go of the mutex.
    if (op.object.kind === 'cond' && op.follow !== null) this.#drop(task.index, op.follow.object);
    switch (effectOf(op, result)) {
      case 'takes':
        this.#take(task.index, { lock: op.object, lockClass: lockClassOf(op), exclusive: isExclusive(op) });
        break;
      case 'gives':
        this.#drop(task.index, op.object);
        break;
      case 'lowers': {
        const hold = this.#drop(task.index, op.object);
        if (hold !== null) this.#take(task.index, { ...hold, exclusive: false });
        break;
      }
      case 'hands-over': {
        const hold = this.#drop(task.index, op.object);
        const to = op.object.holders()[0];
        if (hold !== null && to !== undefined) this.#take(to, hold);
        break;
      }
      case null:
    }
  }

  #take(task: number, hold: Hold): void {
    const held = this.#held[task];
    if (held === undefined) this.#held[task] = [hold];
    else held.push(hold);
  }

  /** A lock bit may be released by another task than the one that has it. */
  #drop(task: number, lock: SimObject): Hold | null {
    const own = dropFrom(this.#held[task], lock);
    if (own !== null) return own;
    for (const held of this.#held) {
      const hold = dropFrom(held, lock);
      if (hold !== null) return hold;
    }
    return null;
  }
}

function dropFrom(held: Hold[] | undefined, lock: SimObject): Hold | null {
  const at = held?.findLastIndex((hold) => hold.lock === lock) ?? -1;
  return at < 0 ? null : held!.splice(at, 1)[0]!;
}
