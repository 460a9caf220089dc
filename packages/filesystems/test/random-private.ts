/** A private mapping at random: what a process stores there is its own, whatever happens to the file, in a few steps of one task. */
import {
  dataTags,
  fork,
  type Inode,
  khugepaged,
  type Mm,
  madviseDontneed,
  madvisePopulate,
  mmap,
  mprotect,
  mremap,
  munmap,
  type Proc,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';

const PAGE = 4;
const STEPS = ['store', 'load', 'fork', 'move', 'protect', 'drop', 'populate', 'collapse'] as const;

/** What it will do, in words, and the code. */
export function randomPrivate(
  mm: Mm,
  file: Inode,
  pages: number,
  below: (count: number) => number,
  write: string,
): [string, () => Proc<unknown>] {
  const steps = Array.from({ length: 2 + below(5) }, () => [STEPS[below(STEPS.length)]!, below(pages * PAGE)] as const);
  const words = steps.map(([step, offset]) => `${step} ${offset}`).join(', ');
  return [`in a private mapping of ${file.name}: ${words}`, () => run(mm, file, pages, steps, write)];
}

function* run(
  mm: Mm,
  file: Inode,
  pages: number,
  steps: readonly (readonly [(typeof STEPS)[number], number])[],
  write: string,
): Proc {
  let vma = yield* mmap(mm, file, { pages, shared: false });
  const tag = (offset: number, name: string) => dataTags(file.name, `${name}${write}`, offset, 1)[0]!;
  for (const [step, offset] of steps) {
    const page = Math.floor(offset / PAGE);
    if (step === 'store') yield* userStore(vma, offset, tag(offset, 'p'));
    else if (step === 'load') yield* userLoad(vma, offset);
    else if (step === 'move') vma = yield* mremap(vma);
    else if (step === 'drop') yield* madviseDontneed(vma, page, 1);
    else if (step === 'populate') yield* madvisePopulate(vma, page, 1, offset % 2 === 0);
    else if (step === 'collapse') yield* khugepaged(vma, 0, 1);
    else if (step === 'protect') {
      yield* mprotect(vma, offset % 2 === 0 ? 'none' : 'read');
      yield* userLoad(vma, offset);
      yield* mprotect(vma, 'write');
    } else yield* inChild(vma, offset, tag(offset, 'c'));
  }
  for (let offset = 0; offset < pages * PAGE; offset += 3) yield* userLoad(vma, offset);
  yield* munmap(vma);
}

/** A child stores over a byte of its copies, and goes. */
function* inChild(vma: Vma, offset: number, tag: ReturnType<typeof dataTags>[number]): Proc {
  const child = yield* fork(vma.mm, 'child');
  for (const copy of child.vmas.filter(({ shared }) => !shared)) {
    yield* userStore(copy, offset, tag);
    yield* userLoad(copy, offset);
  }
  for (const copy of [...child.vmas]) yield* munmap(copy);
}
