/** One of the things that operations on a lock access, where those that touch different ones commute; its state is the lock's. */
import type { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';

export class LockPart extends SimObject {
  readonly kind = 'part';
  override readonly whole: SimObject;

  constructor(lock: SimObject, name: string) {
    super(name);
    this.whole = lock;
  }

  reset(): void {}

  override mode(op: Op, task: number): number {
    return this.whole.mode(op, task);
  }

  run(): never {
    throw new Error('operations are on the whole lock');
  }

  describe(op: Op, result?: unknown): string {
    return this.whole.describe(op, result);
  }
}
