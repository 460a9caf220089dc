/** khugepaged: pages in a row are replaced by a large one, whoever reads, stores, punches or writes back meanwhile. */
import {
  collapseFile,
  dataTags,
  khugepaged,
  Mm,
  migratePages,
  PlainMachine,
  type Proc,
  premap,
  profiles,
  shrinkFolio,
  userLoad,
  userStore,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { fsync, ftruncate, mount, pread, punchHole, pwrite, type Scenario, scenarioProgram } from '../src/index.ts';
import { lockTrace, type Stage } from './lock-trace.ts';
import { reproduceBugs } from './reproduce-bug.ts';

const cached = ({ fs, a }: Stage): void => {
  fs.cache(a, 0);
  fs.cache(a, 1);
};

test.each([
  ['merged', 'i_mmap_rwsem · pte_lock · -pte_lock · -i_mmap_rwsem · '],
  ['latest', 'i_mmap_rwsem(s) · pte_lock · -pte_lock · -i_mmap_rwsem · '],
] as const)('36 khugepaged, one page mapped, %s', (profile, unmap) => {
  const options = { fs: 'ext4', profile, before: cached, beside: ({ vma }: Stage) => userLoad(vma, 0) } as const;
  expect(lockTrace(options, ({ vma }) => khugepaged(vma, 0, 1))).toBe(
    // The large folio is two here.
    `mmap_lock(s) · -mmap_lock · ?folio · ?folio · ?folio · ${unmap}?folio · xa_lock · -xa_lock · -folio · -folio · -folio · -folio`,
  );
});

describe.each(profiles)('%s', (profile) => {
  test('clean, cached pages are replaced; a dirty one, or one that is not there, keeps all', () => {
    const machine = new PlainMachine({ seed: 1 });
    const { engine, fs } = mount(machine, { fs: 'ext4', profile }, { filePages: 3, diskBlocks: 8 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    fs.cache(a, 0);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
    const results: unknown[] = [];
    machine.spawn('task', function* () {
      results.push(yield* khugepaged(vma, 0, 1));
      yield* pread(a, 0, 8);
      yield* userLoad(vma, 0);
      const old = a.mapping.peek(0);
      results.push(yield* khugepaged(vma, 0, 1), a.mapping.peek(0) !== old, vma.pte(0)!.folio);
      yield* userStore(vma, 5, dataTags('A', 'm1', 5, 1)[0]!);
      results.push(yield* khugepaged(vma, 0, 1));
      yield* fsync(a);
      results.push(yield* khugepaged(vma, 0, 1));
    });
    machine.run();
    expect(results).toEqual([false, true, true, null, false, true]);
    expect(engine.inspect()).toBe(null);
  });
});

type Beside = 'load' | 'store' | 'read' | 'punch' | 'truncate' | 'write, fsync' | 'reclaim' | 'migration' | 'another';

const program = (beside: Beside, pages: number): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: pages, diskBlocks: 8 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4 * pages));
    for (let index = 0; index < pages; index++) fs.cache(a, index);
    const vma = premap(new Mm(engine, 'mm'), a, { pages });
    const tasks: Readonly<Record<Beside, () => Proc<unknown>>> = {
      load: () => userLoad(vma, 1),
      store: () => userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!),
      read: () => pread(a, 0, 4 * pages),
      punch: () => punchHole(fs, a, 0, 4),
      truncate: () => ftruncate(fs, a, 2),
      'write, fsync': function* () {
        yield* pwrite(a, 1, 2, 'w1');
        yield* fsync(a);
      },
      reclaim: () => shrinkFolio(a.mapping, 0),
      migration: () => migratePages(a.mapping, 0, pages - 1),
      another: () => collapseFile(a.mapping, 0, pages - 1),
    };
    return { engine, tasks: { khugepaged: () => khugepaged(vma, 0, pages - 1), [beside]: tasks[beside] } };
  },
});

describe('every interleaving of khugepaged ∥', () => {
  const others: readonly Beside[] = [
    'load',
    'store',
    'read',
    'punch',
    'truncate',
    'write, fsync',
    'reclaim',
    'migration',
    'another',
  ];
  test.each(others)('%s', (beside) => {
    const result = explore(scenarioProgram(program(beside, 2), { fs: 'ext4', profile: 'latest' }), {
      strategy: 'source-dpor',
      minimise: 0,
      budget: { steps: 1_000, executions: 50_000, ms: 80_000 },
    });
    expect(result.failures.map(({ message }) => message)).toEqual([]);
    expect(result.reports).toEqual([]);
    expect(result.exhausted).toBe(true);
  });
});

/** The second page is not cached. */
const halfCached: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    fs.cache(a, 0);
    return {
      engine,
      tasks: { khugepaged: () => collapseFile(a.mapping, 0, 1), truncate: () => ftruncate(fs, a, 0) },
    };
  },
};

reproduceBugs([
  {
    id: 'khugepaged reads ahead with small pages locked',
    scenario: halfCached,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'khugepaged.readaheadUnderFolioLocks': true } },
    shows: ['invalidate_lock(A)', 'folio(A,0)'],
  },
]);
