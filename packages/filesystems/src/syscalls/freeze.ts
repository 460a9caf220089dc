/** `ioctl(2)` with `FIFREEZE` and `FITHAW`: a system call is kernel code run by a task. The engine has to be made with `freezes: true`. */
import { type Errno, freezeSuper, type Proc, thawSuper } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';

/** `ioctl(FIFREEZE)`: null, or `EBUSY` when it is frozen already. */
export function* freeze(fs: BlockFileSystem): Proc<Errno | null> {
  return yield* freezeSuper(fs);
}

/** `ioctl(FITHAW)`, by the task that froze: null, or `EINVAL` when it is not frozen. */
export function* thaw(fs: BlockFileSystem): Proc<Errno | null> {
  return yield* thawSuper(fs);
}
