/**
 * A directory, as far as moving it goes: how many names it has, and its "..", which lies in its inode while it is empty (inline) and in a block
 * of its own from its first name on. Its `i_rwsem` guards all of that, and the directories below know it by who lists them.
 *
 * Invariant, looked at when nothing runs: ".." of a directory is the one that lists it. Not modelled: moves between directories of which one is below
 * the other, whose locks go by that.
 */
import {
  type Act,
  CHILD,
  type Engine,
  type Inode,
  PARENT,
  type Proc,
  type Region,
  vfsRenameDirectory,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** Where ".." is: once it has been found, a change of it goes there. */
interface DotDot {
  readonly where: 'inode' | 'block';
  parent: Directory | null;
}

/** Made before anything runs, empty; `parent` lists it. */
export class Directory {
  readonly fs: BlockFileSystem;
  readonly inode: Inode;
  readonly #engine: Engine;
  readonly #region: Region;
  #dotDot: DotDot;
  readonly #directories = new Set<Directory>();

  constructor(fs: BlockFileSystem, name: string, parent: Directory | null = null) {
    this.fs = fs;
    this.inode = fs.mkdir(name);
    this.#engine = fs.engine;
    this.#region = fs.engine.machine.region(`names in ${name}`);
    this.#dotDot = { where: 'inode', parent };
    if (parent !== null) parent.#directories.add(this);
    fs.engine.onInspect(() => this.#inspect());
  }

  /** Adds the name of a file: ".." moves to a block, if it was not there yet. Duty of the caller: `i_rwsem`, exclusive. */
  add(name: string): Act {
    return this.#change(`add ${name}`, () => {
      if (this.#dotDot.where === 'inode') this.#dotDot = { where: 'block', parent: this.#dotDot.parent };
    });
  }

  /** `ext4_rename_dir_prepare`: where ".." is. */
  findDotDot(): Act<DotDot> {
    return this.#engine.machine.access([this.#region], [], `find ".." of ${this.inode.name}`, () => this.#dotDot);
  }

  /** `ext4_rename_dir_finish`: ".." becomes `parent`, where it was found. */
  setDotDot(dotDot: DotDot, parent: Directory): Act {
    return this.#change(`set "..", in its ${dotDot.where},`, () => {
      dotDot.parent = parent;
    });
  }

  /** Lists a directory, or does not any more. */
  list(directory: Directory, isListed: boolean): Act {
    return this.#change(`${isListed ? 'list' : 'remove'} ${directory.inode.name}`, () => {
      if (isListed) this.#directories.add(directory);
      else this.#directories.delete(directory);
    });
  }

  #change(words: string, perform: () => void): Act {
    return this.#engine.machine.access([], [this.#region], `${words} in ${this.inode.name}`, perform);
  }

  #inspect(): void {
    for (const child of this.#directories) {
      const { parent } = child.#dotDot;
      if (parent === this) continue;
      const saw = parent?.inode.name ?? 'nothing';
      const message = `".." of ${child.inode.name} is ${saw}, and ${this.inode.name} lists it`;
      this.#engine.oracle.add({ kind: 'metadata', via: 'end', file: child.inode.name, offset: 0, saw, message });
    }
  }
}

/** `open(O_CREAT)` of a new file: its name alone. Source: `fs/namei.c: filename_create`, `fs/ext4/namei.c: ext4_create`. */
export function* createIn(directory: Directory, name: string): Proc {
  const { fs, inode } = directory;
  yield* fs.sb.writers.acquireRead();
  yield* inode.iRwsem.downWrite({ subclass: PARENT });
  yield* fs.inTransaction(() => directory.add(name) as Proc);
  yield* inode.iRwsem.upWrite();
  yield* fs.sb.writers.releaseRead();
}

/** `rename(2)` of a directory. Source: `fs/ext4/namei.c: ext4_rename`. */
export function* renameDirectory(from: Directory, to: Directory, moved: Directory): Proc {
  const { fs } = moved;
  const { iRwsem } = moved.inode;
  const locksLate = fs.engine.rules.bugs['ext4.lockDirUnderTransaction'] === true;
  const move = function* (): Proc {
    if (locksLate) yield* iRwsem.downWrite({ subclass: CHILD });
    const dotDot = yield* moved.findDotDot();
    yield* to.list(moved, true);
    yield* from.list(moved, false);
    yield* moved.setDotDot(dotDot, to);
    if (locksLate) yield* iRwsem.upWrite();
  };
  yield* fs.sb.writers.acquireRead();
  // Within one directory nothing changes that is modelled.
  if (from !== to) yield* vfsRenameDirectory(from.inode, to.inode, moved.inode, () => fs.inTransaction(move));
  yield* fs.sb.writers.releaseRead();
}
