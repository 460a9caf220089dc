/**
 * `mmap` and `munmap`: mmap_lock exclusively, i_mmap_rwsem inside it to link and unlink.
 *
 * munmap takes the mapping from its user first, then its ptes, and only then from the file: until then truncate and writeback find its ptes,
 * or a store through one would make a page dirty that writeback has just cleaned.
 */
import type { Inode } from './inode.ts';
import type { Proc } from './machine.ts';
import { madvisePopulate } from './madvise.ts';
import type { Mm } from './mm.ts';
import { noteOperation } from './observe-operations.ts';
import { zapPte } from './unmap.ts';
import { Vma, type VmaOptions } from './vma.ts';
import { mmapWriteUnlock, vmaStartWrite } from './vma-lock.ts';

/** Maps part of a file; no page is present yet, but with `populate` (`MAP_POPULATE`), which faults when mmap_lock is free again. Source: `mm/mmap.c: mmap_region` (v5.15). */
export function* mmap(mm: Mm, inode: Inode, options: VmaOptions & { readonly populate?: boolean }): Proc<Vma> {
  const vma = new Vma(mm, inode, options);
  const takesIrwsem = mm.engine.rules.bugs['fs.mmapTakesIrwsem'] === true;
  const isWritable = vma.shared && vma.prot === 'write';
  if (isWritable) yield* inode.fs.prepareMmap(inode);
  yield* mm.mmapLock.downWrite();
  if (isWritable) yield* inode.fs.mmap(inode);
  if (takesIrwsem) yield* inode.iRwsem.downWrite();
  if (takesIrwsem) yield* inode.iRwsem.upWrite();
  yield* vmaStartWrite(vma);
  yield* inode.mapping.iMmapRwsem.downWrite();
  inode.mapping.iMmap.push(vma);
  yield* inode.mapping.iMmapRwsem.upWrite();
  mm.vmas.push(vma);
  yield* mmapWriteUnlock(mm);
  if (options.populate === true) yield* madvisePopulate(vma, vma.pgoff, vma.ptes.length, vma.prot === 'write');
  return vma;
}

/**
 * Takes a mapping away, with its ptes; later loads and stores through it end in a signal. Source: `mm/mmap.c: __do_munmap` (v5.15).
 */
export function* munmap(vma: Vma): Proc {
  const { mm, mapping } = vma;
  yield* mm.mmapLock.downWrite();
  yield* vmaStartWrite(vma);
  yield* vma.unlink();
  for (const pte of vma.ptes) yield* zapPte(vma, pte, null);
  yield* mapping.iMmapRwsem.downWrite();
  mapping.iMmap.splice(mapping.iMmap.indexOf(vma), 1);
  yield* mapping.iMmapRwsem.upWrite();
  noteOperation('close', vma);
  mm.vmas.splice(mm.vmas.indexOf(vma), 1);
  yield* mmapWriteUnlock(mm);
}

/** A mapping that exists from the beginning. Setup only. */
export function premap(mm: Mm, inode: Inode, options: VmaOptions): Vma {
  const vma = new Vma(mm, inode, options);
  inode.mapping.iMmap.push(vma);
  mm.vmas.push(vma);
  return vma;
}
