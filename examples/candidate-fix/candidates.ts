/** Ideas to keep reads and faults from racing with hole punching, each as a file system or a switch over the kernel before the patch. */
import { type BlockFileSystem, Ext4Like, type ScenarioSettings } from '@lockdep/filesystems';
import type { Engine, Inode, Kiocb, Proc, ReadResult, UserBuffer } from '@lockdep/page-cache';

export interface Candidate extends Pick<ScenarioSettings, 'profile' | 'bugs'> {
  readonly name: string;
  readonly Candidate?: new (engine: Engine) => BlockFileSystem;
}

/** read(2) holds i_rwsem shared, as on xfs; direct reads do anyway. */
class ReadsTakeIrwsem extends Ext4Like {
  override *readIter(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
    const { iRwsem } = kiocb.inode;
    if (kiocb.direct) return yield* super.readIter(kiocb, to, count);
    if (!kiocb.nowait) yield* iRwsem.downRead();
    else if (!(yield* iRwsem.tryDownRead())) return { tags: [], error: 'EAGAIN' };
    const result = yield* super.readIter(kiocb, to, count);
    yield* iRwsem.upRead();
    return result;
  }
}

/** And so does readahead that was asked for. */
class ReadaheadTakesItToo extends ReadsTakeIrwsem {
  override *fadviseWillneed(inode: Inode, first: number, count: number): Proc {
    yield* inode.iRwsem.downRead();
    yield* super.fadviseWillneed(inode, first, count);
    yield* inode.iRwsem.upRead();
  }
}

export const candidates: readonly Candidate[] = [
  { name: 'nothing', profile: 'before' },
  { name: 'i_rwsem around read(2)', profile: 'before', Candidate: ReadsTakeIrwsem },
  { name: 'i_rwsem around readahead too', profile: 'before', Candidate: ReadaheadTakesItToo },
  {
    name: 'i_rwsem in page faults too',
    profile: 'before',
    Candidate: ReadaheadTakesItToo,
    bugs: { 'fs.faultsTakeInvalidateLock': false, 'fault.takesIrwsem': true },
  },
  { name: 'a new lock, only to add pages', profile: 'merged', bugs: { lockOnlyAroundAdd: true } },
  { name: 'a new lock, kept while copying', profile: 'merged', bugs: { 'read.invalidateLockOverCopy': true } },
  { name: 'a new lock, as merged', profile: 'merged' },
];
