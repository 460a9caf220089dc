/**
 * A fair reader/writer semaphore that takes its operations for no more dependent than they are.
 *
 * An arrival depends on the arrivals of others alone, two readers' not even on each other: who enters when follows from that order.
 * Entering and leaving depend on who is inside, readers not on each other. A try looks at both; readers do not change what becomes of a try to
 * read, and tries to write that are refused commute. (Where an access depends on less than elsewhere, it must be on part of the same: a refused
 * try may not conflict with what a successful one commutes with, or searches lose traces.)
 * So two sections that exclude each other are 2 traces, not 6, and two readers 1, not 20. (Programs of the notation keep the published
 * relation, by which all accesses to a fair semaphore depend on each other: {@link SimRwSemaphore}.)
 */
import { EXCLUSIVE, REFUSED, SHARED } from '../engine/access.ts';
import type { Op } from '../engine/op.ts';
import {
  ACQUIRE_READ,
  ENQUEUE_READ,
  RELEASE_EITHER,
  RELEASE_READ,
  TRY_ACQUIRE,
  TRY_ACQUIRE_READ,
} from './lock-codes.ts';
import { SimRwSemaphore } from './sim-rw-semaphore.ts';

export class CommutingRwSemaphore extends SimRwSemaphore {
  override readonly registerLike = false;

  override mode(op: Op, task: number): number {
    switch (op.code) {
      case ENQUEUE_READ:
      case ACQUIRE_READ:
      case RELEASE_READ:
      case TRY_ACQUIRE_READ:
        return SHARED;
      case RELEASE_EITHER:
        return this.isWritten ? EXCLUSIVE : SHARED;
      case TRY_ACQUIRE:
        return this.couldWrite(task) ? EXCLUSIVE : REFUSED;
      default:
        return EXCLUSIVE;
    }
  }

  override twin(): CommutingRwSemaphore {
    return new CommutingRwSemaphore(this.name);
  }
}
