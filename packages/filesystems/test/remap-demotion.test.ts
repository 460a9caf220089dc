/** XFS in its latest state: a file can be read while its blocks are being shared; nobody writes to it meanwhile. */
import { dataTags, Engine, Mm, PlainMachine, premap, userLoad, userStore } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { fsync, mount, pread, pwrite, remap, type Scenario, scenarioProgram, XfsLike } from '../src/index.ts';
import { lockTrace } from './lock-trace.ts';
import { reproduceBugs } from './reproduce-bug.ts';

test('19 reflink: the source’s locks are demoted before blocks are shared', () => {
  const locked = 'sb_writers(s) · i_rwsem · i_rwsem · inv · inv · ';
  const unmap = (mode: string) => `i_mmap_rwsem${mode} · -i_mmap_rwsem · `.repeat(2);
  const shared = 'transaction(s) · ILOCK · ILOCK · -ILOCK · -ILOCK · -transaction · '.repeat(2);
  const trace = (profile: 'merged' | 'latest') => lockTrace({ fs: 'xfs', profile }, ({ fs, a, b }) => remap(fs, a, b));
  expect(trace('merged')).toBe(`${locked}${unmap('')}${shared}-inv · -inv · -i_rwsem · -i_rwsem · -sb_writers`);
  expect(trace('latest')).toBe(
    `${locked}${unmap('(s)')}inv↓ · i_rwsem↓ · ${shared}-inv · -inv · -i_rwsem · -i_rwsem · -sb_writers`,
  );
});

/** Whether a reader of A got on between begin and end of a reflink of A, in some schedule. */
function readsDuring(profile: 'merged' | 'latest'): boolean {
  return Array.from({ length: 200 }, (_, seed) => {
    const machine = new PlainMachine({ seed });
    const engine = new Engine({ machine, profile, geometry: { filePages: 4, diskBlocks: 16 } });
    const fs = new XfsLike(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 16));
    const b = fs.create('B', dataTags('B', 'w0', 0, 16));
    fs.cache(a, 0);
    let during = false;
    machine.spawn('reflink', () => remap(fs, a, b));
    machine.spawn('read', function* () {
      for (let i = 0; i < 4; i++) {
        yield* pread(a, 0, 4);
        const places = Array.from({ length: 4 }, (_, index) => fs.info(b).map.get(index));
        const shared = places.filter((extent) => extent?.state === 'mapped' && extent.shared === true).length;
        during ||= shared > 0 && shared < 4;
      }
    });
    machine.run();
    expect(engine.inspect()).toBe(null);
    return during;
  }).some(Boolean);
}

test('reads go on in the middle of a reflink, in the latest state alone', () => {
  expect([readsDuring('merged'), readsDuring('latest')]).toEqual([false, true]);
});

test('an old page of the target may be loaded until it is evicted: the clone is not over before', () => {
  for (let seed = 0; seed < 300; seed++) {
    const machine = new PlainMachine({ seed });
    const engine = new Engine({ machine, profile: 'latest', geometry: { filePages: 2, diskBlocks: 8 } });
    const fs = new XfsLike(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const b = fs.create('B', dataTags('B', 'w0', 0, 8));
    fs.cache(b, 1);
    const vma = premap(new Mm(engine, 'mm'), b, { pages: 2 });
    machine.spawn('reflink', () => remap(fs, a, b));
    machine.spawn('load', function* () {
      for (let i = 0; i < 8; i++) yield* userLoad(vma, 4);
    });
    expect(machine.run().stuck).toEqual([]);
    expect([seed, engine.inspect()]).toEqual([seed, null]);
  }
});

const program = (kind: 'store' | 'direct write', writes: boolean = false): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    fs.cache(a, 0);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    const store = function* () {
      yield* userStore(vma, 0, dataTags('A', 'm1', 0, 1)[0]!);
      if (writes) yield* fsync(a);
    };
    const direct = () => pwrite(a, 0, 4, 'w1', undefined, { direct: true });
    return { engine, tasks: { reflink: () => remap(fs, a, b), [kind]: kind === 'store' ? store : direct } };
  },
});

describe('a reflink of A to B', () => {
  test.each(['store', 'direct write'] as const)('∥ %s to A: every interleaving', (kind) => {
    const result = explore(scenarioProgram(program(kind), { fs: 'xfs', profile: 'latest' }), {
      strategy: 'source-dpor',
      minimise: 0,
      budget: { steps: 1_000, executions: 100_000, ms: 30_000 },
    });
    expect(result.failures.map(({ message }) => message)).toEqual([]);
    expect(result.reports).toEqual([]);
    expect(result.exhausted).toBe(true);
  });
});

reproduceBugs([
  {
    id: 'a store does not wait for the remap of its page',
    scenario: program('store', true),
    samples: true,
    switched: { fs: 'xfs', profile: 'latest', bugs: { 'xfs.mkwriteWaitsForRemap': false } },
    shows: { file: 'B', index: 0 },
  },
]);
