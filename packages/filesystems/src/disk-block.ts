/** One block of the disk: what it holds, and which place of which file it belongs to. Everything about it is one region. */
import type { Inode, Region, Tag } from '@lockdep/page-cache';

/** One block of a {@link BlockDevice}; `data` has a tag per byte. */
export interface DiskBlock {
  readonly region: Region;
  readonly data: Tag[];
  /** Places that map it; more than one after a reflink. */
  owners: readonly BlockOwner[];
}

/** A place in a file that a disk block belongs to. */
export interface BlockOwner {
  readonly inode: Inode;
  /** Block index in the file. */
  readonly index: number;
}

export function owns(block: DiskBlock, inode: Inode, index: number): boolean {
  return block.owners.some((owner) => owner.inode === inode && owner.index === index);
}
