/** Copying a shared block at writeback: the file keeps the old one until the new one is written, and when that fails. */
import { dataTags, type Faults } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { expect, test } from 'vitest';
import { fsync, mount, pread, pwrite, remap, type Scenario, scenarioProgram } from '../src/index.ts';

const copied = (faults: Faults, seen: Set<string>): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 8 }, { faults });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    return {
      engine,
      tasks: {
        *write() {
          yield* remap(fs, b, a);
          yield* pwrite(a, 0, 4, 'w1');
          yield* fsync(a);
          yield* fs.drop(a);
          const bytes = yield* pread(a, 0, 4);
          const extents = [a, b].map((inode) => fs.info(inode).map.get(0));
          const blocks = new Set(extents.map((extent) => (extent?.state === 'mapped' ? extent.block : -1)));
          seen.add(`${Array.isArray(bytes) ? bytes[0].file : bytes} in ${blocks.size} blocks`);
        },
      },
    };
  },
});

test.each(['xfs', 'ceph'] as const)('%s: when the copy cannot be written, the file keeps what it shares', (fs) => {
  const seen = new Set<string>();
  const program = scenarioProgram(copied({ write: 1 }, seen), { fs, profile: 'merged' });
  const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0, budget: { steps: 1_000 } });
  expect(result.failures.map(({ message }) => message)).toEqual([]);
  expect(result.exhausted).toBe(true);
  expect(seen).toEqual(new Set(['A in 2 blocks', 'B in 1 blocks']));
});
