/** The kinds of file systems, by the short names that scenarios and commands use. */
import { CephLike } from './ceph-like.ts';
import { Ext2Like } from './ext2-like.ts';
import { Ext4Like } from './ext4-like.ts';
import { XfsLike } from './xfs-like.ts';

/** Constructors by name: `new fileSystemKinds.ext4(engine)`. */
export const fileSystemKinds: {
  readonly ext2: typeof Ext2Like;
  readonly ext4: typeof Ext4Like;
  readonly xfs: typeof XfsLike;
  readonly ceph: typeof CephLike;
} = { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike, ceph: CephLike };
