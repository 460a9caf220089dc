/** The operations whose locks are recorded profile by profile, each from a state that leads it down one path. */
import { dataTags, munmap, type Proc, shrinkFolio, type Tag, userLoad, userStore } from '@lockdep/page-cache';
import { fadviseWillneed, fsync, ftruncate, pread, punchHole, pwrite, remap } from '../src/index.ts';
import type { Stage, TraceOptions } from './lock-trace.ts';

const byte = (): Tag => dataTags('A', 'm', 0, 1)[0]!;

function cached({ fs, a }: Stage): void {
  fs.cache(a, 0);
  fs.cache(a, 1);
}

const store = ({ vma }: Stage): Proc<unknown> => userStore(vma, 0, byte());
const overwrite = ({ a }: Stage): Proc<unknown> => pwrite(a, 0, 4, 'w2');

export const traceOperations: Readonly<
  Record<string, readonly [Omit<TraceOptions, 'fs' | 'profile'>, (stage: Stage) => Proc<unknown>]>
> = {
  'read, cached': [{ before: cached }, ({ a }) => pread(a, 0, 4)],
  'read, miss': [{}, ({ a }) => pread(a, 0, 4)],
  'read fault, fault-around': [{ faultAround: true, before: cached }, ({ vma }) => userLoad(vma, 0)],
  'read fault, cached': [{ before: cached }, ({ vma }) => userLoad(vma, 0)],
  'read fault, miss': [{}, ({ vma }) => userLoad(vma, 0)],
  'write fault, cached': [{ before: cached }, store],
  'write, cached': [{ before: cached }, overwrite],
  'fsync of a page that is mapped writable': [{ before: cached, beside: store }, ({ a }) => fsync(a)],
  'truncate down to a page': [{ before: cached }, ({ fs, a }) => ftruncate(fs, a, 4)],
  'truncate down to half a page': [{ before: cached }, ({ fs, a }) => ftruncate(fs, a, 2)],
  'truncate down to half a dirty page': [{ before: cached, beside: overwrite }, ({ fs, a }) => ftruncate(fs, a, 2)],
  'truncate up from half a page, 1-byte blocks': [
    {
      blockSize: 1,
      before: (stage) => {
        cached(stage);
        stage.a.initSize(6);
      },
    },
    ({ fs, a }) => ftruncate(fs, a, 8),
  ],
  'punch a page': [{ before: cached }, ({ fs, a }) => punchHole(fs, a, 4, 4)],
  'punch a block of a dirty page, 1-byte blocks': [
    { blockSize: 1, before: cached, beside: overwrite },
    ({ fs, a }) => punchHole(fs, a, 1, 1),
  ],
  'punch part of a block': [{ before: cached }, ({ fs, a }) => punchHole(fs, a, 1, 1)],
  reflink: [{}, ({ fs, a, b }) => remap(fs, a, b)],
  'fadvise WILLNEED': [{}, ({ a }) => fadviseWillneed(a, 0, 4)],
  'reclaim of a mapped page': [
    { before: cached, beside: ({ vma }) => userLoad(vma, 0) },
    ({ a }) => shrinkFolio(a.mapping, 0),
  ],
  'munmap of a dirty page': [{ before: cached, beside: store }, ({ vma }) => munmap(vma)],
};
