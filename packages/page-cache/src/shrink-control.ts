/** Who reclaims, and how far that may go (`struct scan_control`). */
import { GFP_KERNEL, type GfpFlags } from './gfp.ts';

/** Source: `mm/vmscan.c: struct scan_control`. */
export interface ShrinkControl {
  /** Of the allocation that reclaim is for. */
  readonly gfp: GfpFlags;
  /** By kswapd: it waits for nothing. */
  readonly kswapd: boolean;
  /** For a memory cgroup of the old kind: only that one may wait for the writeback of a folio that it has met before. */
  readonly memcg: boolean;
}

/** In the background, for everybody. */
export const KSWAPD: ShrinkControl = Object.freeze({ gfp: GFP_KERNEL, kswapd: true, memcg: false });

/** Something that can give memory back: a page of a mapping, an inode without users. Source: `struct shrinker`. */
export interface Shrinker {
  /** What it would take, for the choice of the scheduler. */
  readonly name: string;
  /** Takes it if that can be; answers whether. */
  scan(control: ShrinkControl): Generator<unknown, boolean, unknown>;
}
