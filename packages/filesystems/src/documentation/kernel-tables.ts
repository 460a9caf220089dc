/**
 * The tables of the kernel's own locking document, cell by cell as they stand there; an empty cell states nothing.
 *
 * Parsed from Documentation/filesystems/locking.rst of v5.14, v5.15 (the seed posted the same cells) and v7.1, and trimmed to the tables
 * of address_space_operations, vm_operations_struct, inode_operations and super_operations.
 */

/** Kernels whose documents are here. */
export type KernelVersion = 'v5.14' | 'v5.15' | 'v7.1';

/** Columns after the operation. */
export const TABLE_COLUMNS = {
  address_space_operations: ['folio_lock', 'i_rwsem', 'invalidate_lock'],
  vm_operations_struct: ['mmap_lock', 'folio_lock'],
  inode_operations: ['i_rwsem'],
  super_operations: ['s_umount'],
} as const;

export type LockingTable = keyof typeof TABLE_COLUMNS;

type Tables = Readonly<Record<LockingTable, string>>;

const V5_14: Tables = {
  address_space_operations: `
writepage | yes, unlocks (see below) |  |
readpage | yes, unlocks |  |
writepages |  |  |
set_page_dirty | no |  |
readahead | yes, unlocks |  |
readpages | no |  |
write_begin | locks the page | exclusive |
write_end | yes, unlocks | exclusive |
bmap |  |  |
invalidatepage | yes |  |
releasepage | yes |  |
freepage | yes |  |
direct_IO |  |  |
isolate_page | yes |  |
migratepage | yes (both) |  |
putback_page | yes |  |
launder_page | yes |  |
is_partially_uptodate | yes |  |
error_remove_page | yes |  |
swap_activate | no |  |
swap_deactivate | no |  |
`,
  vm_operations_struct: `
open | yes |
close | yes |
fault | yes | can return with page locked
map_pages | yes |
page_mkwrite | yes | can return with page locked
pfn_mkwrite | yes |
access | yes |
`,
  inode_operations: `
lookup | shared
create | exclusive
link | exclusive (both)
mknod | exclusive
symlink | exclusive
mkdir | exclusive
unlink | exclusive (both)
rmdir | exclusive (both)(see below)
rename | exclusive (all) (see below)
readlink | no
get_link | no
setattr | exclusive
permission | no (may not block if called in rcu-walk mode)
get_acl | no
getattr | no
listxattr | no
fiemap | no
update_time | no
atomic_open | shared (exclusive if O_CREAT is set in open flags)
tmpfile | no
fileattr_get | no or exclusive
fileattr_set | exclusive
`,
  super_operations: `
alloc_inode |
free_inode |
destroy_inode |
dirty_inode |
write_inode |
drop_inode |
evict_inode |
put_super | write
sync_fs | read
freeze_fs | write
unfreeze_fs | write
statfs | maybe(read)
remount_fs | write
umount_begin | no
show_options | no
quota_read | no
quota_write | no
bdev_try_to_free_page | no
`,
};

/** Rows: the operation as that version calls it, then the cells, separated by bars. */
export const LOCKING_TABLES: Readonly<Record<KernelVersion, Tables>> = {
  'v5.14': V5_14,
  // The other tables are as they were.
  'v5.15': {
    ...V5_14,
    address_space_operations: `
writepage | yes, unlocks (see below) |  |
readpage | yes, unlocks |  | shared
writepages |  |  |
set_page_dirty | no |  |
readahead | yes, unlocks |  | shared
readpages | no |  | shared
write_begin | locks the page | exclusive |
write_end | yes, unlocks | exclusive |
bmap |  |  |
invalidatepage | yes |  | exclusive
releasepage | yes |  |
freepage | yes |  |
direct_IO |  |  |
isolate_page | yes |  |
migratepage | yes (both) |  |
putback_page | yes |  |
launder_page | yes |  |
is_partially_uptodate | yes |  |
error_remove_page | yes |  |
swap_activate | no |  |
swap_deactivate | no |  |
`,
  },
  'v7.1': {
    address_space_operations: `
read_folio | yes, unlocks |  | shared
writepages |  |  |
dirty_folio | maybe |  |
readahead | yes, unlocks |  | shared
write_begin | locks the folio | exclusive |
write_end | yes, unlocks | exclusive |
bmap |  |  |
invalidate_folio | yes |  | exclusive
release_folio | yes |  |
free_folio | yes |  |
direct_IO |  |  |
migrate_folio | yes (both) |  |
launder_folio | yes |  |
is_partially_uptodate | yes |  |
error_remove_folio | yes |  |
swap_activate | no |  |
swap_deactivate | no |  |
swap_rw | yes, unlocks |  |
`,
    vm_operations_struct: `
open | write |
close | read/write |
fault | read | can return with page locked
huge_fault | maybe-read |
map_pages | maybe-read |
page_mkwrite | read | can return with page locked
pfn_mkwrite | read |
access | read |
`,
    inode_operations: `
lookup | shared
create | exclusive
link | exclusive (both)
mknod | exclusive
symlink | exclusive
mkdir | exclusive
unlink | exclusive (both)
rmdir | exclusive (both)(see below)
rename | exclusive (both parents, some children) (see below)
readlink | no
get_link | no
setattr | exclusive
permission | no (may not block if called in rcu-walk mode)
get_inode_acl | no
get_acl | no
getattr | no
listxattr | no
fiemap | no
update_time | no
sync_lazytime | no
atomic_open | shared (exclusive if O_CREAT is set in open flags)
tmpfile | no
fileattr_get | no or exclusive
fileattr_set | exclusive
get_offset_ctx | no
`,
    super_operations: `
alloc_inode |
free_inode |
destroy_inode |
dirty_inode |
write_inode |
drop_inode |
evict_inode |
put_super | write
sync_fs | read
freeze_fs | write
unfreeze_fs | write
statfs | maybe(read)
umount_begin | no
show_options | no
quota_read | no
quota_write | no
`,
  },
};

/** Names of v5.14 and v5.15, and what the operation is called since. */
export const RENAMED: Readonly<Record<string, string>> = {
  readpage: 'read_folio',
  set_page_dirty: 'dirty_folio',
  invalidatepage: 'invalidate_folio',
  releasepage: 'release_folio',
  freepage: 'free_folio',
  launder_page: 'launder_folio',
  migratepage: 'migrate_folio',
  error_remove_page: 'error_remove_folio',
};

/** What the text below the tables says an operation takes itself. Since v5.15. */
export const TAKEN_INSIDE = [
  {
    operation: 'fault',
    lock: 'invalidate_lock',
    mode: 'shared',
    where: 'locking.rst, vm_operations_struct: ->fault must take it, then see that the page is not truncated',
  },
  {
    operation: 'fallocate',
    lock: 'invalidate_lock',
    mode: 'exclusive',
    where: 'locking.rst, file_operations: ->fallocate must hold it from eviction until the block map has changed',
  },
  {
    operation: 'page_mkwrite',
    lock: 'invalidate_lock',
    mode: 'shared',
    where: 'include/linux/fs.h: blocks modification of page cache contents through memory mappings',
  },
  {
    operation: 'remap_file_range',
    lock: 'i_rwsem',
    mode: 'exclusive',
    where: 'locking.rst, file_operations: ->remap_file_range can use it to block changes through write(2) and the like',
  },
  {
    operation: 'remap_file_range',
    lock: 'invalidate_lock',
    mode: 'exclusive',
    where: 'locking.rst, file_operations: ->remap_file_range must take it to block changes through a memory mapping',
  },
] as const;
