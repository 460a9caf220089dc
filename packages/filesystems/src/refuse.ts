/** An operation that a kind of file system does not have. */
import { type Errno, immediate, type Proc } from '@lockdep/page-cache';

/** Takes no step, and no lock. */
export function* refuse(error: Errno): Proc<Errno | null> {
  yield* immediate(undefined);
  return error;
}
