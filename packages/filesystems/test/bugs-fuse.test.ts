/** PC-035: somebody asks the server for the size of a file, and acts on it when it has changed again. */
import { dataTags, Mm, premap, userStore } from '@lockdep/page-cache';
import { FuseLike, ftruncate, mount, preallocate, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/** A page goes, and comes back by fallocate, and is stored to: it must not go once more. */
const sizeVersusRevalidation: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const fs = new FuseLike(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
    return {
      engine,
      tasks: {
        *user() {
          yield* ftruncate(fs, a, 4);
          yield* preallocate(fs, a, 4, 4);
          yield* userStore(vma, 4, dataTags('A', 'm', 4, 1)[0]!);
        },
        stat: () => fs.revalidate(a),
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-035',
    scenario: sizeVersusRevalidation,
    switched: { fs: 'ceph', profile: 'merged', bugs: { 'fuse.marksSizeUnstable': false } },
    shows: { kind: 'lost-write', file: 'A', index: 1 },
  },
]);
