/**
 * What an allocation may do when memory is short: sleep for reclaim, start I/O, enter a file system. The kernel's masks, as far as locks
 * care about them.
 */

/** A mask: the sum of what is allowed. Source: `include/linux/gfp_types.h`. */
export type GfpFlags = number;

const RECLAIM = 1;
const IO = 2;
const FS = 4;

/** Sleeps, starts I/O, enters file systems: what an allocation may do that holds no lock of a file system. */
export const GFP_KERNEL: GfpFlags = RECLAIM | IO | FS;
/** Reclaim does not enter a file system. */
export const GFP_NOFS: GfpFlags = RECLAIM | IO;
/** Reclaim starts no I/O either. */
export const GFP_NOIO: GfpFlags = RECLAIM;
/** Never sleeps: fails instead. */
export const GFP_NOWAIT: GfpFlags = 0;

/** `gfpflags_allow_blocking`: it may have to reclaim. */
export function mayReclaim(gfp: GfpFlags): boolean {
  return (gfp & RECLAIM) !== 0;
}

/** Reclaim for it may enter a file system (`may_enter_fs`). */
export function mayEnterFs(gfp: GfpFlags): boolean {
  return (gfp & FS) !== 0;
}

/** The same without entering file systems, as within a NOFS scope. */
export function withoutFs(gfp: GfpFlags): GfpFlags {
  return gfp & ~FS;
}

/** The same, allowed to enter file systems, as in a fault (`__get_fault_gfp_mask`). */
export function withFs(gfp: GfpFlags): GfpFlags {
  return gfp | IO | FS;
}
