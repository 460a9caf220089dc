/** What memory management does at random beside other operations: kswapd, migration, inodes that come and go, reclaim in allocations. */
import { folioShrinker, type Inode, migratePages, type Proc } from '@lockdep/page-cache';
import { type BlockFileSystem, flusher, inodeShrinker, kswapd, pread, pwrite } from '../src/index.ts';

const EVICTED = 'C';

/** Adds a file that only its operations use, and everything to what an allocation may reclaim. Setup only. */
export class RandomMemory {
  readonly #fs: BlockFileSystem;
  readonly #files: readonly Inode[];
  readonly #below: (count: number) => number;

  constructor(fs: BlockFileSystem, files: readonly Inode[], below: (count: number) => number) {
    this.#fs = fs;
    this.#files = files;
    this.#below = below;
    fs.create(EVICTED);
    for (const { mapping } of files) {
      for (let index = 0; index < mapping.pages; index++)
        fs.engine.memory.shrinkers.push(folioShrinker(mapping, index));
    }
    fs.engine.memory.shrinkers.push(inodeShrinker(fs, EVICTED));
  }

  operation(write: string): [string, () => Proc<unknown>] {
    const { mapping, name } = this.#files[this.#below(this.#files.length)]!;
    const mode = (['async', 'sync-light', 'sync'] as const)[this.#below(3)]!;
    switch (this.#below(5)) {
      case 0:
        return ['kswapd', () => kswapd(this.#fs, { inodes: [EVICTED] })];
      case 1:
        return [`use the inode of ${EVICTED}`, () => this.#use(write)];
      case 2:
        return ['flusher', () => flusher(this.#fs)];
      default:
        return [`migrate ${name} (${mode})`, () => migratePages(mapping, 0, mapping.pages - 1, mode)];
    }
  }

  *#use(write: string): Proc {
    const inode = yield* this.#fs.icache.get(EVICTED);
    yield* pwrite(inode, 0, 6, write);
    yield* pread(inode, 0, 6);
    yield* this.#fs.icache.put(EVICTED);
  }
}
