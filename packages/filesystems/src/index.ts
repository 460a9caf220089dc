export { AgiBuffers, renameWhiteout } from './agi-buffers.ts';
export { BlockAllocator, type ReusePolicy } from './block-allocator.ts';
export { type BioPart, BlockDevice, type DirectPart, type DirectRequest } from './block-device.ts';
export { BlockFileSystem, type BlockFileSystemOptions, type InodeInfo } from './block-file-system.ts';
export { BlockMap, type Extent } from './block-map.ts';
export { CephLike } from './ceph-like.ts';
export { type DirectHow, iomapDioRead, iomapDioWrite } from './direct-io.ts';
export type { DirectLock } from './direct-iter.ts';
export type { DirectBlock } from './direct-map.ts';
export { createIn, Directory, renameDirectory } from './directory.ts';
export type { BlockOwner, DiskBlock } from './disk-block.ts';
export { type CellVerdict, type ComparedCell, compareTables, documentOf } from './documentation/compare-tables.ts';
export { type DocumentedEdge, kernelOrder } from './documentation/kernel-order.ts';
export { type KernelVersion, type LockingTable, TABLE_COLUMNS } from './documentation/kernel-tables.ts';
export {
  type CallEvidence,
  type DocumentedLock,
  type HeldMode,
  LockRecorder,
  type LockTallies,
  type LockTally,
  type ObservedOperation,
} from './documentation/lock-recorder.ts';
export { type DocumentationRuns, type DocumentedRuns, runDocumentation } from './documentation/programs.ts';
export { evictInode } from './evict-inode.ts';
export { Ext2Like } from './ext2-like.ts';
export { Ext4InlineLike } from './ext4-inline-like.ts';
export { Ext4Like } from './ext4-like.ts';
export { fileSystemKinds } from './file-system-kinds.ts';
export { type FlusherOptions, flusher } from './flusher.ts';
export { freeBehind, freeBlocks } from './free-blocks.ts';
export { FuseDaxLike } from './fuse-dax-like.ts';
export { FuseLike } from './fuse-like.ts';
export { InodeCache } from './inode-cache.ts';
export { InodeSlab } from './inode-slab.ts';
export { Journal, type JournalHost } from './journal.ts';
export { inodeShrinker, type KswapdOptions, kswapd } from './kswapd.ts';
export { type BufferHead, MetadataDeviceLike } from './metadata-buffers.ts';
export { quotactl, remount } from './multi-mount-protection.ts';
export { evictAndFree, flushRange, mkcleanBoundaries } from './punch-hole.ts';
export { type RemapRange, remapBytes } from './remap-bytes.ts';
export { type RemapCaller, remapFileRange } from './remap-file-range.ts';
export { collapseVersusWrite } from './scenarios/collapse-versus-write.ts';
export { crossedMappedWrites } from './scenarios/crossed-mapped-writes.ts';
export { crossedReflinks, interleavedPair } from './scenarios/crossed-reflinks.ts';
export { crossedRenames } from './scenarios/crossed-renames.ts';
export { dedupeVersusStore } from './scenarios/dedupe-versus-store.ts';
export { crossedDirectReads, directReadIntoOwnMapping } from './scenarios/direct-read-into-mapping.ts';
export {
  directWriteIntoHole,
  directWriteVersusRead,
  growingDirectWrite,
} from './scenarios/direct-write-versus-read.ts';
export { failedUnshare, failedWriteVersusStore } from './scenarios/failed-write.ts';
export { flagsVersusFreeze } from './scenarios/flags-versus-freeze.ts';
export { freezeVersusFork, writeVersusFork } from './scenarios/fork-versus-store.ts';
export { freezeVersusStore } from './scenarios/freeze-versus-store.ts';
export { holetest } from './scenarios/holetest.ts';
export { nestedReadahead } from './scenarios/nested-readahead.ts';
export { nowaitRead } from './scenarios/nowait-read.ts';
export { punchVersusLoad } from './scenarios/punch-versus-load.ts';
export { punchVersusRead } from './scenarios/punch-versus-read.ts';
export { punchVersusReadahead } from './scenarios/punch-versus-readahead.ts';
export { readIntoMapping } from './scenarios/read-into-mapping.ts';
export { collision, readIntoPunchedMapping } from './scenarios/read-into-punched-mapping.ts';
export {
  type Cell,
  type FileSystemName,
  mount,
  PREEMPTIONS,
  type Scenario,
  type ScenarioProgram,
  type ScenarioSettings,
  type Verdict,
} from './scenarios/scenario.ts';
export { type ScenarioProgramOptions, type ScenarioSimulation, scenarioProgram } from './scenarios/scenario-program.ts';
export { scenarios } from './scenarios/scenarios.ts';
export { subPageRead } from './scenarios/sub-page-read.ts';
export { truncateDownUp } from './scenarios/truncate-down-up.ts';
export { truncateVersusFault } from './scenarios/truncate-versus-fault.ts';
export { writeFromOwnMapping } from './scenarios/write-from-own-mapping.ts';
export { writeUnderReclaim } from './scenarios/write-under-reclaim.ts';
export { writeVersusMunmap } from './scenarios/write-versus-munmap.ts';
export { writepagesUnderPressure } from './scenarios/writepages-under-pressure.ts';
export { BlockDeviceLike, ServerLike } from './server-like.ts';
export { AioRequest, aioRead, aioWrite } from './syscalls/aio.ts';
export { type CopyRange, copyFileRange } from './syscalls/copy-file-range.ts';
export { fadviseDontneed, fadviseWillneed } from './syscalls/fadvise.ts';
export { type FallocateFlags, type FallocateMode, fallocate } from './syscalls/fallocate.ts';
export { freeze, thaw } from './syscalls/freeze.ts';
export { fsync } from './syscalls/fsync.ts';
export { ftruncate } from './syscalls/ftruncate.ts';
export { IoUring } from './syscalls/io-uring.ts';
export { madviseRemove, msync } from './syscalls/madvise.ts';
export { pread, preadAsync } from './syscalls/pread.ts';
export { preallocate } from './syscalls/preallocate.ts';
export { punchHole } from './syscalls/punch-hole.ts';
export { pwrite } from './syscalls/pwrite.ts';
export { exchangeRange, remap, remapRange } from './syscalls/remap.ts';
export { removeXattr } from './syscalls/remove-xattr.ts';
export { setFlags } from './syscalls/set-flags.ts';
export { spliceRead, spliceWrite } from './syscalls/splice.ts';
export { umount } from './syscalls/umount.ts';
export { type FsstressOptions, fsstressOperations, runFsstress } from './workloads/fsstress.ts';
export {
  Fsx,
  type FsxFailureReport,
  type FsxOptions,
  type FsxResult,
} from './workloads/fsx.ts';
export { FSX_STATUS, type FsxFailureKind } from './workloads/fsx-failure.ts';
export { type FsxEntry, FsxLogError, formatFsxEntry, parseFsxLog } from './workloads/fsx-log.ts';
export { fsxOperations } from './workloads/fsx-operations.ts';
export { GoodBuffer } from './workloads/good-buffer.ts';
export { type HoletestOptions, holetestPreparations, runHoletest } from './workloads/holetest.ts';
export { type MinimalFsx, type MinimiseFsxOptions, minimiseFsx } from './workloads/minimise-fsx.ts';
export {
  type FsxCampaign,
  type FsxSettings,
  fsxGeometry,
  fsxProgram,
  replayFsx,
  runFsx,
} from './workloads/run-fsx.ts';
export { type WorkloadResult, WorkloadRun, type WorkloadSettings } from './workloads/workload-settings.ts';
export { XfsLike } from './xfs-like.ts';
export { zeroEdges, zeroTail } from './zero-blocks.ts';
