/**
 * The orders that the kernel's own comments document: mm/filemap.c, mm/rmap.c, fs/inode.c, include/linux/fs.h, and those of ext2, ext4 and
 * xfs. Read from v5.14, v5.15 and v7.1; trimmed to what is modelled and what it is nested in.
 */
import type { FileSystemName } from '../scenarios/scenario.ts';
import type { KernelVersion } from './kernel-tables.ts';

/** `inner` is taken while `outer` is held. */
export interface DocumentedEdge {
  readonly outer: string;
  readonly inner: string;
  readonly where: string;
  readonly domain: string;
}

/** Domain, outer, inner, first and last version (- for none), where. */
const EDGES = `
mm | i_mmap_rwsem | private_lock | - | - | mm/filemap.c header (truncate_pagecache; dirtying a buffer-backed page while freeing a pte)
mm | private_lock | swap_lock | - | - | mm/filemap.c header (exclusive_swap_page)
mm | swap_lock | i_pages_lock | - | - | mm/filemap.c header
mm | i_rwsem | invalidate_lock | v5.15 | - | mm/filemap.c header (taken by the fs in truncate)
mm | invalidate_lock | i_mmap_rwsem | v5.15 | - | mm/filemap.c header (truncate -> unmap_mapping_range)
mm | i_rwsem | i_mmap_rwsem | - | v5.14 | mm/filemap.c header (truncate -> unmap_mapping_range)
mm | mmap_lock | i_mmap_rwsem | - | - | mm/filemap.c header
mm | i_mmap_rwsem | pte_lock | - | - | mm/filemap.c header (memory.c, various)
mm | pte_lock | i_pages_lock | - | - | mm/filemap.c header (arch flush_dcache_mmap_lock; try_to_unmap_one; set_page_dirty)
mm | mmap_lock | invalidate_lock | v5.15 | - | mm/filemap.c header (filemap_fault)
mm | invalidate_lock | folio_lock | v5.15 | - | mm/filemap.c header (filemap_fault, access_process_vm)
mm | mmap_lock | folio_lock | - | - | mm/filemap.c header (access_process_vm)
mm | i_rwsem | mmap_lock | - | - | mm/filemap.c header (generic_perform_write -> fault-in of the user buffer)
mm | wb_list_lock | sb_lock | - | - | mm/filemap.c header (fs/fs-writeback.c)
mm | sb_lock | i_pages_lock | - | - | mm/filemap.c header (__sync_single_inode; indentation in the comment is ambiguous)
mm | wb_list_lock | i_pages_lock | - | - | mm/filemap.c header (__sync_single_inode)
mm | i_mmap_rwsem | anon_vma_rwsem | - | - | mm/filemap.c header (vma_adjust, vma_merge since v6.x)
mm | anon_vma_rwsem | pte_lock | - | - | mm/filemap.c header (anon_vma_prepare)
mm | pte_lock | swap_lock | - | - | mm/filemap.c header (try_to_unmap_one)
mm | pte_lock | private_lock | - | - | mm/filemap.c header (try_to_unmap_one; rmap removal; zap)
mm | pte_lock | lru_lock | - | - | mm/filemap.c header (follow_page mark accessed; isolate)
mm | pte_lock | wb_list_lock | - | - | mm/filemap.c header (set_page_dirty from rmap removal / zap)
mm | pte_lock | i_lock | - | - | mm/filemap.c header (set_page_dirty from rmap removal / zap)
mm | pte_lock | memcg_move_lock | - | v6.12 | mm/filemap.c header
mm | i_mmap_rwsem | tasklist_lock | - | v5.17 | mm/filemap.c header (memory_failure)
mm | i_rwsem | mmap_lock | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | mmap_lock | invalidate_lock | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | invalidate_lock | folio_lock | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | folio_lock | i_mmap_rwsem | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | i_mmap_rwsem | anon_vma_rwsem | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | anon_vma_rwsem | pte_lock | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | pte_lock | swap_lock | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | swap_lock | mmlist_lock | v5.15 | - | mm/rmap.c header [rmap.c main (v5.15..v6.3)]
mm | i_rwsem | mmap_lock | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | mmap_lock | folio_lock | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | folio_lock | i_mmap_rwsem | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | i_mmap_rwsem | anon_vma_rwsem | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | anon_vma_rwsem | pte_lock | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | pte_lock | swap_lock | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | swap_lock | mmlist_lock | - | v5.14 | mm/rmap.c header [rmap.c main (before)]
mm | swap_lock | private_lock | - | - | mm/rmap.c header (block_dirty_folio)
mm | private_lock | memcg_move_lock | - | v6.12 | mm/rmap.c header
mm | private_lock | i_pages_lock | - | - | mm/rmap.c header (widely used)
mm | i_pages_lock | lru_lock | - | - | mm/rmap.c header
mm | folio_lock | vma_lock | v6.4 | - | mm/rmap.c header: vma_start_write sits between the hugetlb i_mmap class and i_mmap_rwsem
mm | vma_lock | i_mmap_rwsem | v6.4 | - | mm/rmap.c header
mm | anon_vma_rwsem | tasklist_lock | - | - | mm/rmap.c header (memory_failure)
mm | i_mmap_rwsem | tasklist_lock | - | - | mm/rmap.c header (memory_failure)
mm | tasklist_lock | pte_lock | - | - | mm/rmap.c header (pte map lock)
vfs | sb_writers | sb_pagefaults | - | - | include/linux/fs(/super).h comments, fs/super.c freeze_super [freeze levels]
vfs | sb_pagefaults | sb_internal | - | - | include/linux/fs(/super).h comments, fs/super.c freeze_super [freeze levels]
vfs | sb_writers | i_rwsem | - | - | sb_start_write comment
vfs | sb_writers | i_rwsem.dir | - | - | sb_start_write comment (directory ops)
vfs | sb_writers | s_umount | - | - | sb_start_write comment (freeze_super drops s_umount while waiting for level 1 to keep this order)
vfs | mmap_lock | sb_pagefaults | - | - | sb_start_pagefault comment
vfs | sb_pagefaults | sb_internal | - | - | sb_start_intwrite comment: must rank below sb_start_pagefault
vfs | s_umount | sb_pagefaults | - | - | freeze_super waits for level 2 and 3 with s_umount held exclusively
vfs | s_umount | sb_internal | - | - | freeze_super
vfs | sb_pagefaults | invalidate_lock | v5.15 | - | ->page_mkwrite of ext4, xfs, f2fs, udf, zonefs (docs: ext4/ext2/xfs fault comments)
inode | s_inode_list_lock | i_lock | - | - | fs/inode.c header
inode | i_lock | inode_lru_lock | - | - | fs/inode.c header
inode | wb_list_lock | i_lock | - | - | fs/inode.c header
inode | inode_hash_lock | s_inode_list_lock | - | - | fs/inode.c header
inode | inode_hash_lock | i_lock | - | - | fs/inode.c header
inode | iunique_lock | inode_hash_lock | - | - | fs/inode.c header
mm | i_lock | i_pages_lock | v5.16 | - | mm/filemap.c filemap_remove_folio, mm/vmscan.c __remove_mapping, mm/truncate.c
dir | s_vfs_rename_mutex | i_rwsem.dir | - | - | Documentation/filesystems/directory-locking.rst (cross-directory rename only)
dir | i_rwsem.dir | i_rwsem | - | - | directory-locking.rst: non-directories rank after all directories
ext4 | mmap_lock | sb_pagefaults | - | v5.14 | fs/ext4/super.c "Lock ordering" [ext4 page fault (before)]
ext4 | sb_pagefaults | invalidate_lock | - | v5.14 | fs/ext4/super.c "Lock ordering" [ext4 page fault (before)]
ext4 | invalidate_lock | ext4.transaction | - | v5.14 | fs/ext4/super.c "Lock ordering" [ext4 page fault (before)]
ext4 | ext4.transaction | folio_lock | - | v5.14 | fs/ext4/super.c "Lock ordering" [ext4 page fault (before)]
ext4 | folio_lock | ext4.i_data_sem | - | v5.14 | fs/ext4/super.c "Lock ordering" [ext4 page fault (before)]
ext4 | mmap_lock | sb_pagefaults | v5.15 | - | fs/ext4/super.c "Lock ordering" [ext4 page fault]
ext4 | sb_pagefaults | invalidate_lock | v5.15 | - | fs/ext4/super.c "Lock ordering" [ext4 page fault]
ext4 | invalidate_lock | ext4.transaction | v5.15 | - | fs/ext4/super.c "Lock ordering" [ext4 page fault]
ext4 | ext4.transaction | folio_lock | v5.15 | - | fs/ext4/super.c "Lock ordering" [ext4 page fault]
ext4 | folio_lock | ext4.i_data_sem | v5.15 | - | fs/ext4/super.c "Lock ordering" [ext4 page fault]
ext4 | sb_writers | i_rwsem | - | - | fs/ext4/super.c "Lock ordering" [ext4 buffered write a]
ext4 | i_rwsem | mmap_lock | - | - | fs/ext4/super.c "Lock ordering" [ext4 buffered write a]
ext4 | sb_writers | i_rwsem | - | - | fs/ext4/super.c "Lock ordering" [ext4 buffered write b]
ext4 | i_rwsem | ext4.transaction | - | - | fs/ext4/super.c "Lock ordering" [ext4 buffered write b]
ext4 | ext4.transaction | folio_lock | - | - | fs/ext4/super.c "Lock ordering" [ext4 buffered write b]
ext4 | folio_lock | ext4.i_data_sem | - | - | fs/ext4/super.c "Lock ordering" [ext4 buffered write b]
ext4 | invalidate_lock | i_mmap_rwsem | - | - | fs/ext4/super.c "Lock ordering" [truncate a]
ext4 | sb_writers | i_rwsem | - | - | fs/ext4/super.c "Lock ordering" [ext4 truncate b]
ext4 | i_rwsem | invalidate_lock | - | - | fs/ext4/super.c "Lock ordering" [ext4 truncate b]
ext4 | invalidate_lock | ext4.transaction | - | - | fs/ext4/super.c "Lock ordering" [ext4 truncate b]
ext4 | ext4.transaction | ext4.i_data_sem | - | - | fs/ext4/super.c "Lock ordering" [ext4 truncate b]
ext4 | sb_writers | i_rwsem | - | - | fs/ext4/super.c "Lock ordering" [ext4 direct IO a]
ext4 | i_rwsem | mmap_lock | - | - | fs/ext4/super.c "Lock ordering" [ext4 direct IO a]
ext4 | sb_writers | i_rwsem | - | - | fs/ext4/super.c "Lock ordering" [ext4 direct IO b]
ext4 | i_rwsem | ext4.transaction | - | - | fs/ext4/super.c "Lock ordering" [ext4 direct IO b]
ext4 | ext4.transaction | ext4.i_data_sem | - | - | fs/ext4/super.c "Lock ordering" [ext4 direct IO b]
ext4 | ext4.transaction | folio_lock | - | - | fs/ext4/super.c "Lock ordering" [ext4 writepages]
ext4 | folio_lock | ext4.i_data_sem | - | - | fs/ext4/super.c "Lock ordering" [ext4 writepages]
ext4 | ext4.s_writepages_rwsem | ext4.transaction | - | - | fs/ext4/inode.c ext4_writepages
ext4 | i_rwsem | ext4.s_writepages_rwsem | - | - | fsync/DIO/ioctl -> writepages under i_rwsem
ext4 | invalidate_lock | ext4.s_writepages_rwsem | - | - | ext4_change_inode_journal_flag
ext4 | sb_internal | ext4.transaction | - | - | ext4_journal_start / evict
ext4 | ext4.transaction | ext4.xattr_sem | - | - | ext4_xattr_set_handle; lockdep reports
xfs | i_rwsem | invalidate_lock | - | - | fs/xfs/xfs_inode.c xfs_ilock comment [xfs basic]
xfs | invalidate_lock | folio_lock | - | - | fs/xfs/xfs_inode.c xfs_ilock comment [xfs basic]
xfs | folio_lock | xfs.ilock | - | - | fs/xfs/xfs_inode.c xfs_ilock comment [xfs basic]
xfs | mmap_lock | invalidate_lock | - | - | fs/xfs/xfs_inode.c xfs_ilock comment [xfs mmap b]
xfs | invalidate_lock | folio_lock | - | - | fs/xfs/xfs_inode.c xfs_ilock comment [xfs mmap b]
xfs | i_rwsem | mmap_lock | - | - | fs/xfs/xfs_inode.c xfs_ilock comment (syscall I/O copies user memory)
xfs | mmap_lock | sb_pagefaults | - | - | fs/xfs/xfs_file.c fault comment [xfs fault]
xfs | sb_pagefaults | invalidate_lock | - | - | fs/xfs/xfs_file.c fault comment [xfs fault]
xfs | invalidate_lock | folio_lock | - | - | fs/xfs/xfs_file.c fault comment [xfs fault]
xfs | folio_lock | xfs.ilock | - | - | fs/xfs/xfs_file.c fault comment [xfs fault]
xfs | folio_lock | xfs.transaction | - | - | fs/xfs/xfs_iops.c xfs_setattr_size comment: order is page lock -> log space reservation (writeback allocates under the page lock)
xfs | xfs.transaction | xfs.ilock | - | - | transaction reservation precedes ILOCK join
xfs | sb_internal | xfs.transaction | - | - | xfs_trans_alloc takes sb_start_intwrite
xfs | xfs.agi | xfs.agf | - | - | fs/xfs: AGI before AGF in one AG (xfs_rename comment)
xfs | xfs.ilock | xfs.agi | - | - | rename: ILOCKs of all inodes, then AGIs in increasing AG order
xfs | xfs.agf | xfs.inode_cluster_buf | - | - | 2022/2023 fixes: AGF is read before the inode cluster buffer
ext2 | invalidate_lock | ext2.truncate_mutex | - | - | fs/ext2/inode.c __ext2_truncate_blocks; ext2_get_block
vfs | f_pos_lock | i_rwsem | - | - | read/write/getdents on a shared file position; getdents: f_pos_lock -> i_rwsem.dir shared
reclaim | invalidate_lock | fs_reclaim | - | - | filemap_create_folio / filemap_fault allocate with the mapping gfp under the shared lock; readahead is NOFS
reclaim | mmap_lock | fs_reclaim | - | - | page-table and anon allocation in faults
reclaim | i_rwsem | fs_reclaim | - | - | GFP_KERNEL allocations in write paths
reclaim | fs_reclaim | i_mmap_rwsem | - | - | rmap walks in reclaim (folio_referenced: trylock since v5.19; try_to_unmap: blocking)
reclaim | fs_reclaim | sb_internal | - | - | inode eviction from the superblock shrinker (xfs inactivation, ext4/f2fs/ext2 evict)
`;

/** Classes of the simulation that a documented name stands for. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  i_rwsem: ['&sb->s_type->i_mutex_key'],
  'i_rwsem.dir': ['&type->i_mutex_dir_key'],
  s_vfs_rename_mutex: ['&type->s_vfs_rename_key'],
  invalidate_lock: ['mapping.invalidate_lock', '&ei->i_mmap_sem', '&ip->i_mmaplock'],
  mmap_lock: ['&mm->mmap_lock'],
  vma_lock: ['vm_lock'],
  s_umount: ['&type->s_umount_key'],
  i_mmap_rwsem: ['&mapping->i_mmap_rwsem'],
  pte_lock: ['ptlock_ptr(page)'],
  i_pages_lock: ['&xa->xa_lock'],
  'ext4.transaction': ['jbd2_handle'],
  'ext4.i_data_sem': ['&ei->i_data_sem'],
  'ext4.s_writepages_rwsem': ['&sbi->s_writepages_rwsem'],
  'xfs.ilock': ['&xfs_nondir_ilock_class'],
  'xfs.agi': ['xfs_agi_buffer'],
  'ext2.truncate_mutex': ['&ei->truncate_mutex'],
};

/** The documented order of a version for one kind of file system: that of memory management, of the VFS, and its own. */
export function kernelOrder(
  version: KernelVersion,
  fs: FileSystemName,
): { readonly edges: readonly DocumentedEdge[]; readonly aliases: ReadonlyMap<string, readonly string[]> } {
  const edges: DocumentedEdge[] = [];
  for (const line of EDGES.trim().split('\n')) {
    const [domain, outer, inner, since, until, where] = line.split(' | ') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    if (KINDS.has(domain) && domain !== fs) continue;
    if ((since !== '-' && rank(since) > rank(version)) || (until !== '-' && rank(until) < rank(version))) continue;
    edges.push({ outer, inner, where, domain });
  }
  return { edges, aliases: new Map(Object.entries(CLASSES)) };
}

const KINDS: ReadonlySet<string> = new Set(['ext2', 'ext4', 'xfs']);

function rank(version: string): number {
  const [major, minor] = version.slice(1).split('.').map(Number) as [number, number];
  return major * 1000 + minor;
}
