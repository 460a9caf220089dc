/** `ioctl(2)` with `FS_IOC_SETFLAGS`: a change of the inode alone, under freeze level 1 and then `i_rwsem`. */
import { asOperation, type Inode, type Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';

/** `ioctl(FS_IOC_SETFLAGS)`; the flags are not modelled. Source: `fs/ioctl.c: ioctl_setflags` (v5.15), `mnt_want_write_file`. */
export function* setFlags(fs: BlockFileSystem, inode: Inode): Proc {
  const { writers } = fs.sb;
  const isInside = fs.engine.rules.bugs['vfs.startWriteInsideIrwsem'] === true;
  if (!isInside) yield* writers.acquireRead();
  yield* inode.iRwsem.downWrite();
  if (isInside) yield* writers.acquireRead();
  yield* asOperation('fileattr_set', [inode], () => fs.inTransaction(function* () {}));
  if (isInside) yield* writers.releaseRead();
  yield* inode.iRwsem.upWrite();
  if (!isInside) yield* writers.releaseRead();
}
