/**
 * Inodes in memory: found by name, with a count of users; those without users can be dropped and read back, and then live elsewhere.
 *
 * One region: who looks an inode up, and who drops it, are ordered.
 */
import { Completion } from '@lockdep/locks';
import { filemapWriteAndWait, type Inode, type Proc, type Region } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { evictInode } from './evict-inode.ts';

interface CachedInode {
  inode: Inode;
  users: number;
  inMemory: boolean;
  /** Being evicted (`I_FREEING`): happens when it is gone. */
  freeing: Completion | null;
  /** Being written (`I_SYNC`): happens when that is over. */
  sync: Completion | null;
}

/**
 * The inodes of one file system, by file name.
 *
 * @throws RangeError from every operation on a name that no file has.
 */
export class InodeCache {
  readonly #fs: BlockFileSystem;
  readonly #region: Region;
  readonly #inodes = new Map<string, CachedInode>();

  constructor(fs: BlockFileSystem) {
    this.#fs = fs;
    this.#region = fs.engine.machine.region(`inodes of ${fs.sb.name}`);
  }

  /** @internal A file that exists. */
  enter(inode: Inode): void {
    this.#inodes.set(inode.name, { inode, users: 0, inMemory: true, freeing: null, sync: null });
  }

  /**
   * `iget`: the inode of a file, read from disk if it is not in memory; it stays while it has users. Waits for one that is being
   * evicted to be gone.
   */
  *get(name: string): Proc<Inode> {
    for (;;) {
      const found = yield* this.#fs.engine.machine.access([], [this.#region], `iget ${name}`, () => {
        const cached = this.#entry(name);
        if (cached.freeing !== null) return cached.freeing;
        if (!cached.inMemory) {
          cached.inode = this.#fs.reinstantiate(cached.inode);
          cached.inMemory = true;
        }
        cached.users += 1;
        return cached.inode;
      });
      if (!(found instanceof Completion)) return found;
      yield* found.wait();
    }
  }

  /** `iput` */
  *put(name: string): Proc {
    yield* this.#fs.engine.machine.access([], [this.#region], `iput ${name}`, () => {
      this.#entry(name).users -= 1;
    });
  }

  /** Drops the inodes that have no users, in the order given: the last one's address is given out first. */
  *reclaim(names: readonly string[]): Proc {
    yield* this.#fs.engine.machine.access([], [this.#region], `reclaim ${names.join(', ')}`, () => {
      for (const name of names) {
        const cached = this.#entry(name);
        if (cached.users > 0 || !cached.inMemory) continue;
        cached.inMemory = false;
        this.#fs.slab.release(cached.inode.address);
      }
    });
  }

  /** The inode shrinker: writes and evicts an inode that has no users, and that nobody writes; answers whether there was one. */
  *prune(name: string): Proc<boolean> {
    return yield* this.#evict(name, ({ sync }) => sync === null);
  }

  /** `iput` of what may be the last reference to an inode that is not to be kept: evicts it, once nobody writes it any more. */
  *putAndEvict(name: string): Proc {
    yield* this.put(name);
    yield* this.#evict(name, () => true);
  }

  /**
   * The flusher writes an inode (`I_SYNC`). The request has a reference, which is put when it completes: by a worker, since the last
   * reference waits for the end of writeback.
   */
  *writeback(name: string): Proc {
    const { machine, rules } = this.#fs.engine;
    const sync = new Completion({ name: 'I_SYNC', label: `I_SYNC(${name})`, validator: null });
    const inode = yield* machine.access([], [this.#region], `I_SYNC of ${name}`, () => {
      const cached = this.#entry(name);
      if (!cached.inMemory || cached.freeing !== null || cached.sync !== null) return null;
      cached.users += 1;
      cached.sync = sync;
      return cached.inode;
    });
    if (inode === null) return;
    yield* filemapWriteAndWait(inode);
    if (rules.bugs['fs.iputInWriteback'] === true) yield* this.putAndEvict(name);
    else yield* machine.start(`iput ${name}`, () => this.putAndEvict(name));
    yield* machine.access([], [this.#region], `${name} is written`, () => {
      this.#entry(name).sync = null;
    });
    yield* sync.completeAll();
  }

  /** The names of all files, in the order in which they were made. */
  get names(): readonly string[] {
    return [...this.#inodes.keys()];
  }

  /** The flusher begins to write an inode (`I_SYNC`), without a reference; null when it is gone or going, or being written. */
  *beginSync(name: string): Proc<Inode | null> {
    const sync = new Completion({ name: 'I_SYNC', label: `I_SYNC(${name})`, validator: null });
    return yield* this.#fs.engine.machine.access([], [this.#region], `I_SYNC of ${name}`, () => {
      const cached = this.#entry(name);
      if (!cached.inMemory || cached.freeing !== null || cached.sync !== null) return null;
      cached.sync = sync;
      return cached.inode;
    });
  }

  /** And has submitted what was dirty. */
  *endSync(name: string): Proc {
    const sync = yield* this.#fs.engine.machine.access([], [this.#region], `${name} is written`, () => {
      const cached = this.#entry(name);
      const { sync } = cached;
      cached.sync = null;
      return sync!;
    });
    yield* sync.completeAll();
  }

  /** Whether any inode has users. */
  *isBusy(): Proc<boolean> {
    return yield* this.#fs.engine.machine.access([this.#region], [], `${this.#fs.sb.name} is busy?`, () =>
      [...this.#inodes.values()].some(({ users }) => users > 0),
    );
  }

  /** `evict_inodes`: all that have no users, also those that somebody evicts already; answers the names of the others. */
  *evictAll(): Proc<string[]> {
    const busy: string[] = [];
    for (const name of this.names) {
      yield* this.#evict(name, () => true);
      const left = yield* this.#fs.engine.machine.access([this.#region], [], `${name} is gone?`, () => {
        const { freeing, inMemory } = this.#entry(name);
        return freeing ?? inMemory;
      });
      if (left instanceof Completion) yield* left.wait();
      else if (left) busy.push(name);
    }
    return busy;
  }

  *#evict(name: string, may: (cached: CachedInode) => boolean): Proc<boolean> {
    const { machine } = this.#fs.engine;
    const freeing = new Completion({ name: 'I_FREEING', label: `I_FREEING(${name})`, validator: null });
    const found = yield* machine.access([], [this.#region], `evict ${name}?`, () => {
      const cached = this.#entry(name);
      if (cached.users > 0 || !cached.inMemory || cached.freeing !== null || !may(cached)) return null;
      cached.freeing = freeing;
      return { inode: cached.inode, sync: cached.sync };
    });
    if (found === null) return false;
    const { inode, sync } = found;
    if (sync !== null) yield* sync.wait();
    yield* evictInode(this.#fs, inode, 'linked');
    yield* machine.access([], [this.#region], `${name} is gone`, () => {
      const cached = this.#entry(name);
      cached.inMemory = false;
      cached.freeing = null;
      this.#fs.slab.release(inode.address);
    });
    yield* freeing.completeAll();
    return true;
  }

  #entry(name: string): CachedInode {
    const cached = this.#inodes.get(name);
    if (cached === undefined) throw new RangeError(`there is no file '${name}' on ${this.#fs.sb.name}`);
    return cached;
  }
}
