/** The data that has to be on disk before a transaction is: written by the commit thread, which must not need a transaction itself. */
import type { Completion } from '@lockdep/locks';
import { type Inode, type Proc, putFolios } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { writeMappedFolio } from './write-folio.ts';

/**
 * Submits the pages of a file whose dirty blocks are on disk already; answers the ends of these writebacks. Others stay dirty: nothing on disk
 * refers to their blocks yet. Source: `fs/ext4/super.c: ext4_journal_submit_inode_data_buffers`.
 */
export function* writeOrdered(fs: BlockFileSystem, inode: Inode): Proc<Completion[]> {
  const { mapping } = inode;
  const folios = yield* mapping.lookupRange(0, mapping.pages - 1);
  const ends: Completion[] = [];
  for (const folio of folios) {
    const end = yield* writeMappedFolio(fs, inode, folio);
    if (end !== null) ends.push(end);
  }
  yield* putFolios(folios);
  return ends;
}
