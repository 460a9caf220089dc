/**
 * Which code state is simulated: a profile (four states of the kernel) and single defects switched on over it.
 *
 * The engine asks only the resolved {@link Rules}; nothing else knows profiles by name. The names of the switches are those of the
 * bug corpus.
 */
import type { BugSwitches } from './bug-switches.ts';

/** Before the series (v5.14), the seed patch (v5, May 2021), as merged (v5.15), and the latest (v7.1). */
export type Profile = 'before' | 'seed' | 'merged' | 'latest';

/** All profiles, oldest first. */
export const profiles: readonly Profile[] = ['before', 'seed', 'merged', 'latest'];

/** What the engine asks. */
export interface Rules {
  readonly profile: Profile;
  readonly bugs: BugSwitches;
  /** read(2) and readahead hold invalidate_lock shared. */
  readonly readersTakeInvalidateLock: boolean;
  /** read(2) looks at i_size before it looks for folios too, and so adds none past the end. */
  readonly readChecksSizeFirst: boolean;
  /** Faults: the file system's own lock, invalidate_lock always, or only to add or fill a folio; or nothing. */
  readonly faultLock: 'private' | 'always' | 'absent' | 'none';
  /** Truncate and punch hold invalidate_lock (else the file system's private lock, where it has one). */
  readonly evictTakesInvalidateLock: boolean;
  /** invalidate_lock is dropped right after a folio has been added. */
  readonly dropAfterAdd: 'never' | 'create' | 'all';
  /** Mode of i_mmap_rwsem while a range of ptes is taken away. */
  readonly unmapMode: 'write' | 'read';
  /** XFS wraps fault-around in MMAPLOCK shared. */
  readonly faultAroundTakesMmaplock: boolean;
  /** write(2) touches its source before every chunk, or only after a copy came out empty. */
  readonly prefault: 'before' | 'after-short';
  /** Reclaim only tries i_mmap_rwsem to see whether a page was used, and keeps the page if it cannot be had. */
  readonly referencedTriesIMmap: boolean;
  /** Boundary pages of a punched range are write-protected. */
  readonly boundaryMkclean: boolean;
  /** A file that gets longer: what a dirty page of the old end holds behind it is zeroed (v6.13); ext4 zeroes the rest of the block too. */
  readonly isizeExtendedZeroes: boolean;
  /** XFS writes a dirty page before it zeroes part of it: zeroing skips blocks that are not written yet (v6.12). */
  readonly zeroingFlushes: boolean;
  /** XFS can exchange ranges of files (v6.10). */
  readonly exchangesRanges: boolean;
  /** splice(2) from a file holds the pipe over the read, or only to put the bytes in. */
  readonly spliceLocksPipeFirst: boolean;
  /** copy_file_range(2) by splice holds freeze protection of the target over the reads too. */
  readonly copyHoldsFreezeProtection: boolean;
  /** Faults try the lock of the mapping before mmap_lock. */
  readonly perVmaLocks: boolean;
  /** While XFS shares blocks, the source is locked shared. */
  readonly remapDemotesSource: boolean;
  /** Order of two mappings' eviction locks on XFS. */
  readonly xfsPairOrder: 'ino' | 'address';
}

/** The rules of a profile with these defects switched on over it. */
export function resolveRules(profile: Profile, bugs: BugSwitches): Rules {
  const converted = profile !== 'before';
  const readers = converted && bugs['fs.readsTakeInvalidateLock'] !== false;
  const faults = profile === 'before' ? 'private' : profile === 'seed' ? 'always' : 'absent';
  const late = profile === 'latest';
  return {
    profile,
    bugs,
    readersTakeInvalidateLock: readers,
    readChecksSizeFirst: late,
    faultLock: bugs['fs.faultsTakeInvalidateLock'] === false ? 'none' : faults,
    evictTakesInvalidateLock: converted,
    dropAfterAdd:
      bugs.lockOnlyAroundAdd === true ? 'all' : bugs['read.createDropsLockAfterAdd'] === true ? 'create' : 'never',
    unmapMode: late ? 'read' : 'write',
    faultAroundTakesMmaplock: !late,
    prefault: late ? 'after-short' : 'before',
    referencedTriesIMmap: late,
    boundaryMkclean: late,
    isizeExtendedZeroes: late,
    zeroingFlushes: late,
    exchangesRanges: late,
    spliceLocksPipeFirst: !late,
    copyHoldsFreezeProtection: !late,
    perVmaLocks: late,
    remapDemotesSource: late,
    xfsPairOrder: converted && profile !== 'seed' ? 'address' : 'ino',
  };
}
