/**
 * Which code state is simulated: a profile (four states of the kernel) and single defects switched on over it.
 *
 * The engine asks only the resolved {@link Rules}; nothing else knows profiles by name. The names of the switches are those of the
 * bug corpus.
 */

/** Before the series (v5.14), the seed patch (v5, May 2021), as merged (v5.15), and the latest (v7.1). */
export type Profile = 'before' | 'seed' | 'merged' | 'latest';

/** All profiles, oldest first. */
export const profiles: readonly Profile[] = ['before', 'seed', 'merged', 'latest'];

/** Single historic (or rejected) behaviours. Each is off when absent. */
export interface BugSwitches {
  /** `false`: reads and readahead take no invalidate_lock (PC-001). */
  readonly 'fs.readsTakeInvalidateLock'?: boolean;
  /** `false`: faults take neither invalidate_lock nor a private lock (PC-002). */
  readonly 'fs.faultsTakeInvalidateLock'?: boolean;
  /** `false`: advice takes no IOLOCK on an XFS-like file system (PC-003). */
  readonly 'xfs.fadviseTakesIolock'?: boolean;
  /** `true`: invalidate_lock is held only around adding the folio, not while it is filled (PC-004). */
  readonly lockOnlyAroundAdd?: boolean;
  /** As {@link lockOnlyAroundAdd}, for the path that creates a folio alone: harmless, says the patch. */
  readonly 'read.createDropsLockAfterAdd'?: boolean;
  /** `mixed`: some callers order two mappings by address, some by inode number (PC-109). */
  readonly 'lockTwo.comparator'?: 'address' | 'ino' | 'mixed';
  /** `true`: both locks of one inode before those of the other (PC-110). */
  readonly 'lockTwo.interleaved'?: boolean;
  /** `true`: read(2) keeps invalidate_lock while it copies to user memory (PC-111). */
  readonly 'read.invalidateLockOverCopy'?: boolean;
  /** `true`: read(2) puts the folios before it copies from them. */
  readonly 'read.putsBeforeCopy'?: boolean;
  /** `false`: write(2) copies with page faults enabled, under the folio lock (PC-036). */
  readonly 'write.atomicCopy'?: boolean;
  /** `false`: faults do not look at i_size again under the folio lock. */
  readonly 'fault.isizeRecheck'?: boolean;
  /** `true`: faults take i_rwsem shared, the alternative that the patch rules out. */
  readonly 'fault.takesIrwsem'?: boolean;
  /** `true`: write(2) forgets to mark the folio dirty. */
  readonly 'write.dropsDirty'?: boolean;
  /** `true`: a zeroed part of a folio is marked uptodate (the alternative fix for PC-004). */
  readonly 'truncate.zeroedIsUptodate'?: boolean;
  /** `true`: NOWAIT readahead only tries invalidate_lock (fix for PC-106). */
  readonly 'readahead.nowaitTrylock'?: boolean;
  /** `false`: growing a file leaves the page of its old end writable (PC-024). */
  readonly isizeExtendedMkclean?: boolean;
  /** `false`: page_mkwrite takes no lock that remapping holds (PC-032). */
  readonly 'remap.lockOutMkwrite'?: boolean;
  /** `true`: assert invalidate_lock in truncate_inode_pages_range. Default true wherever the file system is converted. */
  readonly assertInvalidateLock?: boolean;
}

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
  /** Boundary pages of a punched range are write-protected. */
  readonly boundaryMkclean: boolean;
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
    boundaryMkclean: late,
    xfsPairOrder: converted && profile !== 'seed' ? 'address' : 'ino',
  };
}
