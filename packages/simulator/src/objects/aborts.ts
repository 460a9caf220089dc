/**
 * All abort signals of async code, as one object: aborting one changes it, a wait that a signal may end reads it. Which signal it is makes no
 * difference, since one may follow another (`AbortSignal.any`).
 */
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';

const ABORT = 0;
const LOOK = 1;

export class Aborts extends SimObject {
  readonly kind = 'aborts';
  /** A signal is aborted. */
  readonly abort: Op<void> = new Op(this, ABORT, { access: EXCLUSIVE });
  /** A wait that a signal may end begins. */
  readonly look: Op<void> = new Op(this, LOOK, { access: SHARED });

  constructor() {
    super('abort signals');
  }

  reset(): void {}

  override mode(op: Op, _task: number): number {
    return op.code === ABORT ? EXCLUSIVE : SHARED;
  }

  run(): unknown {
    return undefined;
  }

  describe({ code }: Op): string {
    return code === ABORT ? 'abort' : 'aborted?';
  }
}
