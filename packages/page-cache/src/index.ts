export { AddressSpace } from './address-space.ts';
export { AnnotatedLock } from './annotated-lock.ts';
export { Engine, type EngineOptions } from './engine.ts';
export type { Errno, FaultCode } from './errno.ts';
export { FileSystem } from './file-system.ts';
export { FileSystemType } from './file-system-type.ts';
export { filemapGetPages, filemapReadPage, waitOnFolioLocked } from './filemap-get-pages.ts';
export { filemapRead, type ReadResult } from './filemap-read.ts';
export { type Finding, type FindingKind, type FindingSource, findingText } from './finding.ts';
export { type Buffer, Folio } from './folio.ts';
export { genericPerformWrite, type WriteResult } from './generic-perform-write.ts';
export { checkGeometry, defaultGeometry, type Geometry } from './geometry.ts';
export { grabFolio, lockFolioAt } from './grab-folio.ts';
export { immediate } from './immediate.ts';
export { Inode, type InodeOptions } from './inode.ts';
export {
  filemapInvalidateLock,
  filemapInvalidateLockShared,
  filemapInvalidateTrylockShared,
  filemapInvalidateUnlock,
  filemapInvalidateUnlockShared,
} from './invalidate-lock.ts';
export { type FileRaState, Kiocb, type ReadFlags } from './kiocb.ts';
export { FsLockClasses, mmClasses } from './lock-classes.ts';
export type { Act, Machine, Proc, Region, TaskHandle } from './machine.ts';
export { Mm } from './mm.ts';
export { Oracle } from './oracle.ts';
export { PlainMachine, type PlainOptions, type PlainOutcome } from './plain-machine.ts';
export { forcePageCacheRa, pageCacheAsyncRa, pageCacheSyncRa } from './readahead.ts';
export { type BugSwitches, type Profile, profiles, type Rules, resolveRules } from './rules.ts';
export { OpenWrite, ShadowFile } from './shadow-file.ts';
export { SuperBlock } from './super-block.ts';
export { dataTags, type Tag, tagName, UNINIT, ZERO, zeroTags } from './tag.ts';
export { truncateInodePagesRange, truncatePagecache, truncatePagecacheRange } from './truncate.ts';
export { pagecacheIsizeExtended, truncateSetsize } from './truncate-setsize.ts';
export { folioMkclean, markDirty, unmapFolio, unmapMappingPages, zapPte } from './unmap.ts';
export { PresentBuffer, type UserBuffer } from './user-buffer.ts';
export { type Pte, Vma, type VmaOptions } from './vma.ts';
export { waitOnFolioWriteback } from './wait-writeback.ts';
export {
  dirtyFolio,
  endWriteback,
  filemapWriteAndWait,
  lockForWriteback,
  startWriteback,
  writeCachePages,
} from './write-cache-pages.ts';
