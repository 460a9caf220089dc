/** PC-033: a journal finds a buffer of metadata and changes it, while the page moves. */
import { dataTags, migrateFolio } from '@lockdep/page-cache';
import { MetadataDeviceLike, mount, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

const changeVersusMigration: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const fs = new MetadataDeviceLike(engine);
    const d = fs.create('D', dataTags('D', 'w0', 0, 4));
    fs.cache(d, 0);
    return {
      engine,
      tasks: {
        migrate: () => migrateFolio(d.mapping, 0),
        *journal() {
          const head = yield* fs.findGetBlock(d, 0);
          yield* fs.change(head!, dataTags('D', 'w1', 0, 4));
          yield* fs.brelse(head!);
        },
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-033',
    scenario: changeVersusMigration,
    switched: { fs: 'ceph', profile: 'latest', bugs: { 'buffer.lookupLocksFolio': false } },
    shows: { kind: 'lost-write', file: 'D', index: 0 },
  },
]);
