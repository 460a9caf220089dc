export { AddressSpace } from './address-space.ts';
export { allocPages, tryToFreePages } from './alloc-pages.ts';
export { AnnotatedLock } from './annotated-lock.ts';
export type { BugSwitches } from './bug-switches.ts';
export { collapseFile, khugepaged } from './collapse-file.ts';
export { Engine, type EngineOptions } from './engine.ts';
export type { Errno, FaultCode } from './errno.ts';
export { FatalSignals } from './fatal-signals.ts';
export { FaultInjection, type Faults } from './fault-injection.ts';
export { FileSystem } from './file-system.ts';
export { FileSystemType } from './file-system-type.ts';
export { filemapFault } from './filemap-fault.ts';
export { filemapGetPages, filemapReadPage, waitOnFolioLocked } from './filemap-get-pages.ts';
export { filemapMapPages } from './filemap-map-pages.ts';
export { filemapRangeHasPage, filemapRangeNeedsWriteback } from './filemap-range.ts';
export { filemapRead, type ReadResult } from './filemap-read.ts';
export { type Finding, type FindingKind, type FindingSource, findingText } from './finding.ts';
export { type Buffer, Folio, putFolios } from './folio.ts';
export { fork } from './fork.ts';
export { FreezeLevel } from './freeze-level.ts';
export { freezeSuper, thawSuper, type Unsynced } from './freeze-super.ts';
export { genericFileWriteIter } from './generic-file-write-iter.ts';
export { genericPerformWrite, type Retag, type WriteResult } from './generic-perform-write.ts';
export { checkGeometry, defaultGeometry, type Geometry } from './geometry.ts';
export { GFP_KERNEL, GFP_NOFS, GFP_NOIO, GFP_NOWAIT, type GfpFlags, mayEnterFs, mayReclaim, withoutFs } from './gfp.ts';
export { grabFolio, lockFolioAt, tryLockFolioAt } from './grab-folio.ts';
export { faultinPage, finishFault, pageFault } from './handle-mm-fault.ts';
export { immediate } from './immediate.ts';
export { Inode, type InodeOptions } from './inode.ts';
export { DioCount, inodeDioBegin, inodeDioEnd, inodeDioWait } from './inode-dio.ts';
export { filemapInvalidateInode, invalidateInodePages2Range, invalidateMappingPages } from './invalidate.ts';
export {
  filemapInvalidateLock,
  filemapInvalidateLockKillable,
  filemapInvalidateLockShared,
  filemapInvalidateTrylockShared,
  filemapInvalidateUnlock,
  filemapInvalidateUnlockShared,
} from './invalidate-lock.ts';
export { KillableRwsem } from './killable-rwsem.ts';
export { type FileRaState, type IoResult, Kiocb, type ReadFlags, type WriteFlags } from './kiocb.ts';
export { FsLockClasses, mmClasses } from './lock-classes.ts';
export {
  filemapInvalidateLockTwo,
  filemapInvalidateUnlockTwo,
  inOrder,
  invalidateLockOf,
  iRwsemOf,
  lockPair,
  lockTwoNondirectories,
  type PairOrder,
  SECOND,
  unlockPair,
  unlockTwoNondirectories,
} from './lock-two.ts';
export type { Act, Machine, Proc, Region } from './machine.ts';
export { madviseDontneed, madvisePopulate, madviseWillneed, withFileOf } from './madvise.ts';
export { MappedBuffer } from './mapped-buffer.ts';
export { Memory } from './memory.ts';
export { type MigrateMode, migrateFolio, migratePages } from './migrate-folio.ts';
export { Mm } from './mm.ts';
export { mmap, munmap, premap } from './mmap.ts';
export { mprotect } from './mprotect.ts';
export { mremap } from './mremap.ts';
export { CHILD, PARENT, vfsLink, vfsRename, vfsRenameDirectory } from './namespace.ts';
export { nofsScope } from './nofs-scope.ts';
export { asOperation, foliosAtEnd, type OperationObserver, type OperationSubject } from './observe-operations.ts';
export { Oracle } from './oracle.ts';
export { type MkwriteCode, pageMkwrite } from './page-mkwrite.ts';
export { PercpuRwsem, type PercpuRwsemOptions } from './percpu-rwsem.ts';
export { PinnedMemory, type PinnedPages, type PinOptions, pinUserPages } from './pin-user-pages.ts';
export { Pipe } from './pipe.ts';
export { PlainMachine, type PlainOptions, type PlainOutcome } from './plain-machine.ts';
export { PrivateContent } from './private-content.ts';
export { readCachePage } from './read-cache-page.ts';
export { forcePageCacheRa, pageCacheAsyncRa, pageCacheRaLocked, pageCacheSyncRa } from './readahead.ts';
export { type Profile, profiles, type Rules, resolveRules } from './rules.ts';
export { OpenWrite, ShadowFile } from './shadow-file.ts';
export { KSWAPD, type ShrinkControl, type Shrinker } from './shrink-control.ts';
export { folioShrinker, shrinkFolio, unmapPage } from './shrink-folio.ts';
export { type SimulationLike, simulatedMachine } from './simulated-machine.ts';
export { SuperBlock } from './super-block.ts';
export { dataTags, FREED, type Tag, tagName, UNINIT, ZERO, zeroTags } from './tag.ts';
export {
  truncateInodePagesFinal,
  truncateInodePagesRange,
  truncatePagecache,
  truncatePagecacheRange,
} from './truncate.ts';
export { pagecacheIsizeExtended, truncateSetsize } from './truncate-setsize.ts';
export { folioMkclean, markDirty, unmapFolio, unmapMappingPages, zapPte } from './unmap.ts';
export { PresentBuffer, type UserBuffer } from './user-buffer.ts';
export { loadPresent, userLoad, userStore } from './user-memory.ts';
export { type FaultResult, VmFault } from './vm-fault.ts';
export { type Protection, type Pte, Vma, type VmaOptions } from './vma.ts';
export { type FaultLock, lockVmaUnderRcu, mmapWriteUnlock, vmaStartWrite } from './vma-lock.ts';
export { waitOnFolioWriteback } from './wait-writeback.ts';
export {
  cancelWriteback,
  dirtyBlocks,
  dirtyFolio,
  endWriteback,
  filemapWriteAndWait,
  lockForWriteback,
  type SyncMode,
  startWriteback,
  writeCachePages,
} from './write-cache-pages.ts';
export { WritebackError, type WritebackErrorCursor } from './writeback-error.ts';
