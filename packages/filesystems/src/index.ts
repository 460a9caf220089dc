export { BlockAllocator, type ReusePolicy } from './block-allocator.ts';
export { type BioPart, BlockDevice } from './block-device.ts';
export { BlockFileSystem, type BlockFileSystemOptions, type InodeInfo } from './block-file-system.ts';
export { BlockMap, type Extent } from './block-map.ts';
export type { BlockOwner, DiskBlock } from './disk-block.ts';
export { Ext4Like } from './ext4-like.ts';
export { InodeSlab } from './inode-slab.ts';
export { evictAndFree, flushRange, freeBlocks } from './punch-hole.ts';
export { pread, punchHole, pwrite } from './syscalls.ts';
