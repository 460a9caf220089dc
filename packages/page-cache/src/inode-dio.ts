/**
 * `i_dio_count`: the direct I/O requests of an inode that are under way, from before the submitter drops `i_rwsem` until everything that
 * their completion does is done. Who removes blocks waits for none, with `i_rwsem` held so that no new one begins.
 */
import { Completion } from '@lockdep/locks';
import type { Inode } from './inode.ts';
import type { Proc, Region } from './machine.ts';

/** How much direct I/O of one inode is under way. Source: `include/linux/fs.h: struct inode`, `i_dio_count`. */
export class DioCount {
  readonly region: Region;
  count = 0;
  /** There has been direct I/O; changes with `i_rwsem` held, so who holds it exclusively may ask. */
  used = false;
  /** Happens when the count gets to 0. */
  idle: Completion | null = null;

  constructor(region: Region) {
    this.region = region;
  }
}

/** One more is under way. Duty of the caller: `i_rwsem` held, in any mode; asserted. Source: `include/linux/fs.h: inode_dio_begin`. */
export function* inodeDioBegin(inode: Inode): Proc {
  const { engine, classes } = inode.sb;
  const { dio } = inode;
  engine.assertHeld(inode.iRwsem);
  yield* engine.machine.access([], [dio.region], `begin direct I/O of ${inode.name}`, () => {
    dio.used = true;
    dio.count += 1;
    dio.idle ??= new Completion({
      key: classes.dioCount,
      label: `i_dio_count(${inode.name})`,
      validator: engine.validator,
    });
  });
}

/** One is over, from whatever context. Source: `include/linux/fs.h: inode_dio_end`. */
export function* inodeDioEnd(inode: Inode): Proc {
  const { dio } = inode;
  const idle = yield* inode.sb.engine.machine.access([], [dio.region], `end direct I/O of ${inode.name}`, () => {
    dio.count -= 1;
    if (dio.count > 0) return null;
    const { idle } = dio;
    dio.idle = null;
    return idle;
  });
  if (idle !== null) yield* idle.completeAll();
}

/**
 * Waits until none is under way. Duty of the caller: `i_rwsem` held exclusively, so that it stays so; asserted.
 *
 * Source: `fs/inode.c: inode_dio_wait`.
 */
export function* inodeDioWait(inode: Inode): Proc {
  const { engine } = inode.sb;
  const { dio } = inode;
  engine.assertHeldWrite(inode.iRwsem);
  // Without direct I/O before this moment there is none now, and this takes no step.
  if (!dio.used) return;
  const idle = yield* engine.machine.access([dio.region], [], `direct I/O of ${inode.name}?`, () => dio.idle);
  if (idle !== null) yield* idle.wait();
}
