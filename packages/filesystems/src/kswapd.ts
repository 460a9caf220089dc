/** The background reclaim of a file system: its pages, and the inodes that nobody uses. A task for workloads to start. */
import { GFP_KERNEL, KSWAPD, mayEnterFs, type Proc, type Shrinker, shrinkFolio } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** How much {@link kswapd} does. */
export interface KswapdOptions {
  /** How often it goes over all pages. Default 1. */
  readonly rounds?: number;
  /** Files whose inodes it evicts when they have no users ({@link InodeCache}). Default none. */
  readonly inodes?: readonly string[];
}

/** `kswapd`: reclaims what it can have without waiting; answers how many pages and inodes. Source: `mm/vmscan.c: balance_pgdat`. */
export function* kswapd(fs: BlockFileSystem, { rounds = 1, inodes = [] }: KswapdOptions = {}): Proc<number> {
  const { memory } = fs.engine;
  let reclaimed = 0;
  for (let round = 0; round < rounds; round++) {
    memory.enterReclaim(GFP_KERNEL);
    for (const { mapping } of [...fs.inodes]) {
      for (let index = 0; index < mapping.pages; index++) if (yield* shrinkFolio(mapping, index, KSWAPD)) reclaimed++;
    }
    for (const name of inodes) if (yield* fs.icache.prune(name)) reclaimed++;
    memory.leaveReclaim(GFP_KERNEL);
  }
  return reclaimed;
}

/** A file's inode as something that can be reclaimed: not for an allocation that must not enter file systems (`super_cache_scan`). */
export function inodeShrinker(fs: BlockFileSystem, name: string): Shrinker {
  return {
    name: `inode ${name}`,
    *scan({ gfp }) {
      return mayEnterFs(gfp) && (yield* fs.icache.prune(name));
    },
  };
}
