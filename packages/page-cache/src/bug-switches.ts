/** The single defects that can be switched on over a profile, by the names of the bug corpus. A line each, grouped by who has the defect. */

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
  /** `false`: ext4 writes pages outside a NOFS scope, under s_writepages_rwsem (PC-084). */
  readonly 'ext4.writepagesNofs'?: boolean;
  /** `false`: no NOFS scope around writing pages, so that reclaim may wait for I/O not yet submitted (PC-086). */
  readonly 'writepages.nofsScope'?: boolean;
  /** `false`: a write(2) that failed is truncated away without the lock that evicts (PC-010). */
  readonly 'fs.errorPathTruncateLocks'?: boolean;
  /** `false`: what a failed write(2) has reserved goes without the lock that evicts (PC-019); `recursive`: with it, even if the caller holds it (PC-076). */
  readonly 'iomap.punchUnderInvalidateLock'?: false | 'recursive';
  /** `false`: truncate does not write the page of the new end before it zeroes its tail (PC-020). */
  readonly 'xfs.flushEofPageOnTruncate'?: boolean;
  /** `false`: a block that is allocated but unwritten counts as holding data: the rest of it is not zeroed by a write (PC-023). */
  readonly 'buffer.unwrittenIsNew'?: boolean;
  /** `false`: page_mkwrite does not wait for a remap that has locked the source shared. */
  readonly 'xfs.mkwriteWaitsForRemap'?: boolean;
  /** `false`: page_mkwrite takes no lock that remapping holds (PC-032). */
  readonly 'remap.lockOutMkwrite'?: boolean;
  /** `true`: transactions start under the folio lock, in write_begin and in writeback (PC-073). */
  readonly 'ext4.transactionUnderPageLock'?: boolean;
  /**
   * A disk that is full is flushed before a write gives up, as btrfs does it. `true`: with the folio locked (PC-068); `false`: before.
   */
  readonly 'fs.reserveUnderPageLock'?: boolean;
  /** `true`: collapse and insert flush before they lock, and throw away what was written in between (PC-008). */
  readonly 'ext4.flushBeforeLocks'?: boolean;
  /** `false`: unsharing takes a page that it covers for one that needs no read (PC-022). */
  readonly 'iomap.unshareReads'?: boolean;
  /** `true`: splice to a file takes the pipe before freeze protection (PC-093). */
  readonly 'splice.pipeLockOutsideFreeze'?: boolean;
  /** `true`: readahead within readahead takes invalidate_lock shared once more (PC-080). */
  readonly 'readahead.recursiveShared'?: boolean;
  /** `true`: migration waits for folio locks and writeback while it holds other folio locks (PC-075). */
  readonly 'migrate.batchWaits'?: boolean;
  /** `true`: a fault takes a range from its own file under invalidate_lock shared, which needs it exclusively (PC-066). */
  readonly 'fuse.inlineReclaimUnderFault'?: boolean;
  /** `true`: a write that meets a page of a snapshot starts over with the folio still locked (PC-083). */
  readonly 'netfs.retryLeaksFolio'?: boolean;
  /** `true`: the writeback of an inode puts its last reference itself, and so waits for its own end (PC-092). */
  readonly 'fs.iputInWriteback'?: boolean;
  /** `true`: assert invalidate_lock in truncate_inode_pages_range. Default true wherever the file system is converted. */
  readonly assertInvalidateLock?: boolean;
  /** `false`: a direct write does not drop again what was cached while it was under way (scenario 18). */
  readonly 'dio.invalidateAtCompletion'?: boolean;
  /** `true`: the end of a direct write drops the cache first, and then makes its blocks the file's (PC-016). */
  readonly 'dio.invalidateBeforeEndIo'?: boolean;
  /** A lock of the file's extents, as btrfs has, in direct I/O and reads. `true`: held while user pages fault in (PC-039); `false`: they fault before. */
  readonly 'fs.dioRangeLockOverGup'?: boolean;
  /** `false`: a direct write of a ceph-like file system leaves the cache alone (PC-028). */
  readonly 'ceph.directWriteInvalidates'?: boolean;
  /** `true`: read(2) goes by the smaller of the sizes before and after it has filled its pages (proposed fix for PC-017). */
  readonly 'read.smallerSize'?: boolean;
  /** `true`: page_mkwrite takes freeze level 1, that of write(2), under mmap_lock. */
  readonly 'fs.mkwriteUsesStartWrite'?: boolean;
  /** `true`: an ioctl takes freeze level 1 when it has i_rwsem already. */
  readonly 'vfs.startWriteInsideIrwsem'?: boolean;
  /** `false`: madvise calls the file system with mmap_lock held (PC-050). */
  readonly 'madvise.dropsMmapLock'?: boolean;
  /** `true`: khugepaged reads pages that are not cached, under invalidate_lock shared, with the locks of others held, as collapse_file did in v5.15. */
  readonly 'khugepaged.readaheadUnderFolioLocks'?: boolean;
  /** `true`: assertions about invalidate_lock ask i_rwsem (PC-079). */
  readonly 'xfs.assertChecksWrongLock'?: boolean;
  /** `true`: a copy at the server zeroes the cache of the target as truncate does (PC-026). */
  readonly 'netfs.copyTruncates'?: boolean;
  /** `false`: a punch at the server leaves the page cache alone (PC-034). */
  readonly 'fuse.punchDropsCache'?: boolean;
  /** `false`: the size is not marked as unstable while a request changes it (PC-035). */
  readonly 'fuse.marksSizeUnstable'?: boolean;
  /** `false`: fork leaves pages of private mappings writable for both. */
  readonly 'fork.writeProtects'?: boolean;
  /** `true`: truncate takes ptes away only before it evicts, not once more behind. */
  readonly 'truncate.unmapsOnce'?: boolean;
  /** `true`: mmap takes i_rwsem, under mmap_lock (PC-046). */
  readonly 'fs.mmapTakesIrwsem'?: boolean;
  /** `false`: an xfs-like file that grows keeps what was stored past its end, in the block that has the end (generic/363). */
  readonly 'xfs.zeroesOldEnd'?: boolean;
  /** `false`: insert range does not write the block in front of it first, which may become part of the extent that moves (PC-021). */
  readonly 'xfs.insertFlushesBlockBefore'?: boolean;
  /** `true`: a task that sleeps for invalidate_lock, to read a page or to zero a range of a block device, can be killed (fix for PC-105). */
  readonly 'invalidateLock.killable'?: boolean;
  /**
   * Where ext4 converts inline data of a file that is stored to through a mapping: `page-mkwrite` (PC-030), `page-mkwrite-i_rwsem`, under that lock;
   * or when it is mapped, `mmap`, under mmap_lock. Default: before mmap_lock is taken.
   */
  readonly 'ext4.convertsInline'?: 'page-mkwrite' | 'page-mkwrite-i_rwsem' | 'mmap';
  /** `true`: a read asks without a lock whether data are inline, and may come in the middle of a conversion. */
  readonly 'ext4.readAsksInlineUnlocked'?: boolean;
  /** `true`: fallocate converts inline data before it takes i_rwsem (PC-031). */
  readonly 'ext4.fallocateConvertsUnlocked'?: boolean;
  /** `false`: rename does not lock the directory that it moves, and changes (PC-100). */
  readonly 'vfs.renameLocksMovedDirectory'?: boolean;
  /** `true`: ext4 locks that directory itself, when it has begun a transaction already (PC-101). */
  readonly 'ext4.lockDirUnderTransaction'?: boolean;
  /** `true`: the last reference to the inode of an extended attribute is put inside a transaction (PC-098). */
  readonly 'ext4.putsEaInodeInTransaction'?: boolean;
  /** `true`: who mounts ext4 takes freeze protection under s_umount, to write the block of multi-mount protection (PC-056). */
  readonly 'ext4.mmpTakesFreezeProtection'?: boolean;
  /** `false`: a buffer of metadata is looked up without the folio lock, while its page may be on its way to another (PC-033). */
  readonly 'buffer.lookupLocksFolio'?: boolean;
  /** `true`: io_uring submits a direct write that must not sleep, and sleeps for freeze protection (PC-096). */
  readonly 'aio.startWriteBlocksSubmitter'?: boolean;
  /** `argument`: rename locks AGI buffers in the order in which it comes to need them, not by allocation group (PC-103). */
  readonly 'xfs.agiOrder'?: 'group' | 'argument';
}
