/** What a process does with its mappings at random, and freezing, beside other operations. */
import {
  dataTags,
  fork,
  madviseDontneed,
  mmap,
  mremap,
  munmap,
  type Proc,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import { type BlockFileSystem, freeze, madviseRemove, msync, thaw } from '../src/index.ts';
import { randomPrivate } from './random-private.ts';

/** One operation on a file, or on a mapping of it, at `offset`. */
export function mappingOperation(
  fs: BlockFileSystem,
  vma: Vma,
  below: (count: number) => number,
  offset: number,
  write: string,
): [string, () => Proc<unknown>] {
  const { name } = vma.inode;
  switch (below(8)) {
    case 0:
      return ['freeze and thaw', () => frozen(fs)];
    case 1:
      return [`madvise(REMOVE) ${name} ${offset}`, () => madviseRemove(fs, vma, offset, 1)];
    case 2:
      return [`madvise(DONTNEED) ${name}`, () => madviseDontneed(vma, 0, vma.ptes.length)];
    case 3:
      return [`msync ${name}`, () => msync(vma)];
    case 4:
      return [`map, store, mremap, store ${name} ${offset}`, () => moved(vma, offset, write)];
    case 5:
    case 6:
      return randomPrivate(vma.mm, vma.inode, vma.ptes.length, below, write);
    default:
      return [`map, store, fork, store ${name} ${offset}`, () => forked(vma, offset, write)];
  }
}

/** Who has frozen thaws; the others were told that somebody has. */
function* frozen(fs: BlockFileSystem): Proc {
  if ((yield* freeze(fs)) === null) yield* thaw(fs);
}

const store = (vma: Vma, offset: number, write: string): Proc<boolean> =>
  userStore(vma, offset, dataTags(vma.inode.name, write, offset, 1)[0]!);

function* mapped({ mm, inode, ptes }: Vma): Proc<Vma> {
  return yield* mmap(mm, inode, { pages: ptes.length });
}

function* moved(vma: Vma, offset: number, write: string): Proc {
  const old = yield* mapped(vma);
  yield* store(old, offset, `r${write}`);
  const { length } = old.ptes;
  const at = yield* mremap(old, length);
  yield* userLoad(at, offset);
  yield* store(at, offset, `s${write}`);
  yield* munmap(at);
}

function* forked(vma: Vma, offset: number, write: string): Proc {
  const own = yield* mapped(vma);
  yield* store(own, offset, `f${write}`);
  const child = yield* fork(vma.mm, `child ${write}`);
  for (const copy of [...child.vmas]) {
    if (copy.inode === vma.inode) yield* store(copy, offset, `c${write}`);
    yield* munmap(copy);
  }
  yield* munmap(own);
}
