/**
 * Several reads and writes as one visible step.
 *
 * The step names the objects it reads and those it writes; the function does it, on their `value` fields. What it touches beyond that
 * is undeclared, and the explorer will not see it.
 */
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';

interface AtomicStep {
  readonly writes: readonly SimObject[];
  readonly perform: () => unknown;
  readonly words: string;
}

/** The objects such a step reads and writes; what is not named, the explorer does not see. */
export interface AtomicAccess {
  readonly reads?: readonly SimObject[];
  readonly writes?: readonly SimObject[];
  /** How a diagram writes the step. Default `atomic`. */
  readonly words?: string;
}

/** Several reads and writes of objects as one visible step. */
export class Atomic extends SimObject {
  readonly kind = 'atomic';

  constructor() {
    super('atomic');
  }

  step<T>(access: AtomicAccess, perform: () => T): Op<T> {
    const writes = access.writes ?? [];
    const reads = (access.reads ?? []).filter((object) => !writes.includes(object));
    const arg: AtomicStep = { writes, perform, words: access.words ?? 'atomic' };
    return new Op<T>(this, 0, { arg, targets: [...new Set([...writes, ...reads])] });
  }

  reset(): void {}

  run(op: Op): unknown {
    return (op.arg as AtomicStep).perform();
  }

  describe(op: Op): string {
    return (op.arg as AtomicStep).words;
  }
}

/** The class of the access that an atomic step makes to one of its objects. */
export function atomicMode(op: Op, object: SimObject): number {
  return (op.arg as AtomicStep).writes.includes(object) ? EXCLUSIVE : SHARED;
}
