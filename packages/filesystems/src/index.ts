export { BlockAllocator, type ReusePolicy } from './block-allocator.ts';
export { type BioPart, BlockDevice } from './block-device.ts';
export { BlockFileSystem, type BlockFileSystemOptions, type InodeInfo } from './block-file-system.ts';
export { BlockMap, type Extent } from './block-map.ts';
export { CephLike } from './ceph-like.ts';
export type { BlockOwner, DiskBlock } from './disk-block.ts';
export { Ext2Like } from './ext2-like.ts';
export { Ext4Like } from './ext4-like.ts';
export { InodeCache } from './inode-cache.ts';
export { InodeSlab } from './inode-slab.ts';
export { evictAndFree, flushRange, freeBlocks } from './punch-hole.ts';
export { type RemapCaller, remapFileRange } from './remap-file-range.ts';
export {
  type Cell,
  type FileSystemName,
  mount,
  type Scenario,
  type ScenarioProgram,
  type ScenarioSettings,
  type Verdict,
} from './scenarios/scenario.ts';
export { scenarios } from './scenarios/scenarios.ts';
export { fadviseWillneed, fsync, ftruncate, pread, punchHole, pwrite, remap } from './syscalls.ts';
export { freeBehind, zeroTail } from './truncate-blocks.ts';
export { XfsLike } from './xfs-like.ts';
