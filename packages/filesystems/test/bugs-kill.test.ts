/** PC-105: a task that waits for a long operation to give invalidate_lock back cannot be killed. */
import { dataTags } from '@lockdep/page-cache';
import { BlockDeviceLike, mount, pread, punchHole, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/** A page of a block device that is zeroed, somebody who wants it, and somebody who has not got the time. */
const killed = (victim: 'read' | 'zero'): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { kills: true, readaheadPages: -1 });
    const fs = new BlockDeviceLike(engine);
    const d = fs.create('D', dataTags('D', 'w0', 0, 4));
    return {
      engine,
      tasks: {
        discard: () => punchHole(fs, d, 0, 4),
        [victim]: () => (victim === 'read' ? pread(d, 0, 4) : punchHole(fs, d, 0, 4)),
        kill: () => engine.signals.kill(victim),
      },
    };
  },
});

reproduceBugs(
  (['read', 'zero'] as const).map((victim) => ({
    id: `PC-105, ${victim}`,
    scenario: killed(victim),
    switched: { fs: 'ceph', profile: 'merged' },
    repaired: { 'invalidateLock.killable': true },
    shows: { kind: 'hang', file: 'D', index: 0 },
  })),
);
