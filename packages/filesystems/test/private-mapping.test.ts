/** Private mappings: a page that was stored to keeps its bytes, every other one follows the file; and nobody else ever sees the stores. */
import {
  dataTags,
  type Engine,
  fork,
  type Inode,
  MappedBuffer,
  Mm,
  madviseDontneed,
  migratePages,
  mprotect,
  mremap,
  munmap,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  profiles,
  shrinkFolio,
  type Tag,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  ftruncate,
  mount,
  pread,
  punchHole,
  pwrite,
  type Scenario,
  scenarioProgram,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

interface Stage {
  readonly engine: Engine;
  readonly fs: BlockFileSystem;
  readonly a: Inode;
  readonly mm: Mm;
  readonly vma: Vma;
}

const byte = (write: string, offset: number) => dataTags('A', write, offset, 1)[0]!;

function run(profile: Profile, code: (stage: Stage) => Proc<unknown>): void {
  for (const name of ['ext2', 'ext4', 'xfs', 'ceph'] as const) {
    const machine = new PlainMachine({ seed: 1 });
    const { engine, fs } = mount(machine, { fs: name, profile }, { filePages: 3, diskBlocks: 16 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const mm = new Mm(engine, 'mm');
    machine.spawn('task', () => code({ engine, fs, a, mm, vma: premap(mm, a, { pages: 2, shared: false }) }));
    expect(machine.run()).toMatchObject({ stuck: [] });
    expect(engine.inspect()).toBe(null);
  }
}

/** What a load sees, by the name of the write; `null` for a signal. */
function* seen(vma: Vma, offset: number): Proc<string | null> {
  const tag = yield* userLoad(vma, offset);
  return tag === null ? null : nameOf(tag);
}

/** What a read(2) of a byte gets. */
function* written(file: Inode, offset: number): Proc<string> {
  const tags = yield* pread(file, offset, 1);
  return typeof tags === 'string' ? tags : nameOf(tags[0]!);
}

const nameOf = ({ origin, write }: Tag): string => (origin === 'data' ? write : origin);

describe.each(profiles)('%s', (profile) => {
  test('a store is seen by its process alone, and stays when the file is written, punched, reclaimed, migrated', () => {
    run(profile, function* ({ fs, a, vma }) {
      yield* userStore(vma, 1, byte('m1', 1));
      expect(yield* written(a, 1)).toBe('w0');
      yield* pwrite(a, 0, 8, 'w1');
      expect([yield* seen(vma, 0), yield* seen(vma, 1), yield* seen(vma, 5)]).toEqual(['w0', 'm1', 'w1']);
      yield* punchHole(fs, a, 0, 8);
      yield* shrinkFolio(a.mapping, 0);
      yield* migratePages(a.mapping, 0, 1);
      expect([yield* seen(vma, 1), yield* seen(vma, 5)]).toEqual(['m1', 'zero']);
    });
  });

  test('a page that was loaded first is copied by the store', () => {
    run(profile, function* ({ vma, a }) {
      expect(yield* seen(vma, 1)).toBe('w0');
      yield* userStore(vma, 1, byte('m1', 1));
      yield* pwrite(a, 0, 4, 'w1');
      expect([yield* seen(vma, 0), yield* seen(vma, 1)]).toEqual(['w0', 'm1']);
    });
  });

  test('truncate takes private pages away (even_cows), MADV_DONTNEED too', () => {
    run(profile, function* ({ fs, a, vma }) {
      yield* userStore(vma, 5, byte('m1', 5));
      yield* userStore(vma, 1, byte('m2', 1));
      yield* ftruncate(fs, a, 4);
      expect([yield* seen(vma, 1), yield* seen(vma, 5)]).toEqual(['m2', null]);
      yield* ftruncate(fs, a, 8);
      expect(yield* seen(vma, 5)).toBe('zero');
      yield* madviseDontneed(vma, 0, 2);
      expect(yield* seen(vma, 1)).toBe('w0');
    });
  });

  test('after a fork each has its own; the last one to map a page uses it again', () => {
    run(profile, function* ({ engine, mm, vma }) {
      yield* userStore(vma, 1, byte('m1', 1));
      const child = yield* fork(mm, 'child');
      const [copy] = child.vmas as [Vma];
      yield* userStore(copy, 1, byte('m2', 1));
      expect([yield* seen(vma, 1), yield* seen(copy, 1)]).toEqual(['m1', 'm2']);
      const page = vma.pte(0)!.folio;
      yield* userStore(vma, 2, byte('m3', 2));
      expect(vma.pte(0)!.folio).toBe(page);
      expect([yield* seen(vma, 2), yield* seen(copy, 2)]).toEqual(['m3', 'w0']);
      yield* munmap(copy);
      expect([...engine.folios].filter(({ anon }) => anon)).toEqual([page]);
    });
  });

  test('mremap takes private pages along', () => {
    run(profile, function* ({ vma }) {
      yield* userStore(vma, 1, byte('m1', 1));
      const moved = yield* mremap(vma);
      expect([yield* seen(vma, 1), yield* seen(moved, 1)]).toEqual([null, 'm1']);
    });
  });

  test('mprotect: what is not allowed ends in a signal', () => {
    run(profile, function* ({ mm, a }) {
      for (const shared of [true, false]) {
        const vma = premap(mm, a, { pages: 1, shared });
        expect(yield* userStore(vma, 1, byte('m1', 1))).toBe(true);
        yield* mprotect(vma, 'read');
        expect([yield* userStore(vma, 1, byte('m2', 1)), yield* seen(vma, 1)]).toEqual([false, 'm1']);
        yield* mprotect(vma, 'none');
        expect(yield* seen(vma, 1)).toBe(null);
        yield* mprotect(vma, 'write');
        expect([yield* seen(vma, 1), yield* userStore(vma, 1, byte('m3', 1))]).toEqual(['m1', true]);
      }
    });
  });

  test('write(2) from a private mapping', () => {
    run(profile, function* ({ a, vma }) {
      yield* userStore(vma, 1, byte('m1', 1));
      yield* pwrite(a, 4, 4, 'w1', new MappedBuffer(vma));
      expect(yield* written(a, 5)).toBe('w1');
    });
  });
});

/** A page of a private mapping, cached, and two tasks. */
const program = (
  tasks: (stage: Stage) => Readonly<Record<string, () => Proc<unknown>>>,
  before: (vma: Vma) => void = () => undefined,
): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    const mm = new Mm(engine, 'mm');
    const vma = premap(mm, a, { pages: 1, shared: false });
    before(vma);
    return { engine, tasks: tasks({ engine, fs, a, mm, vma }) };
  },
});

const storeThenLoad = ({ vma }: Stage) =>
  function* () {
    yield* userStore(vma, 1, byte('m1', 1));
    yield* userLoad(vma, 1);
    yield* userLoad(vma, 2);
  };

const beside: Readonly<Record<string, (stage: Stage) => () => Proc<unknown>>> = {
  'write(2)':
    ({ a }) =>
    () =>
      pwrite(a, 1, 2, 'w1'),
  punch:
    ({ fs, a }) =>
    () =>
      punchHole(fs, a, 0, 4),
  truncate:
    ({ fs, a }) =>
    () =>
      ftruncate(fs, a, 0),
  reclaim:
    ({ a }) =>
    () =>
      shrinkFolio(a.mapping, 0),
  migration:
    ({ a }) =>
    () =>
      migratePages(a.mapping, 0, 0),
  'another thread':
    ({ vma }) =>
    () =>
      userStore(vma, 2, byte('m2', 2)),
  fork: ({ mm }) =>
    function* () {
      const child = yield* fork(mm, 'child');
      yield* userStore(child.vmas[0]!, 1, byte('m2', 1));
    },
  mprotect:
    ({ vma }) =>
    () =>
      mprotect(vma, 'none'),
  MADV_DONTNEED:
    ({ vma }) =>
    () =>
      madviseDontneed(vma, 0, 1),
};

describe.each(['merged', 'latest'] as const)('%s: every interleaving of a private store and two loads ∥', (profile) => {
  // Two threads that both copy have many interleavings where both wait for mmap_lock: the latest state is enough of them.
  const names = Object.keys(beside).filter((name) => profile === 'latest' || name !== 'another thread');
  test.each(names)('%s', (name) => {
    const explored = scenarioProgram(
      program((stage) => ({ store: storeThenLoad(stage), [name]: beside[name]!(stage) })),
      { fs: 'ext4', profile },
    );
    const result = explore(explored, {
      strategy: 'source-dpor',
      minimise: 0,
      budget: { steps: 1_000, executions: 50_000, ms: 80_000 },
    });
    expect(result.failures.map(({ message }) => message)).toEqual([]);
    expect(result.reports).toEqual([]);
    expect(result.exhausted).toBe(true);
  });
});

reproduceBugs([
  {
    id: 'fork leaves private pages writable',
    scenario: program((stage) => ({
      parent: storeThenLoad(stage),
      child: function* () {
        const child = yield* fork(stage.mm, 'child');
        yield* userStore(child.vmas[0]!, 1, byte('m2', 1));
      },
    })),
    switched: { fs: 'ext4', profile: 'latest', bugs: { 'fork.writeProtects': false } },
    shows: { kind: 'lost-write', file: 'A', index: 0 },
  },
  {
    id: 'truncate that takes ptes away once',
    scenario: program(({ vma, fs, a }) => ({
      store: () => userStore(vma, 1, byte('m1', 1)),
      truncate: () => ftruncate(fs, a, 0),
    })),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'truncate.unmapsOnce': true } },
    shows: { kind: 'beyond-eof-read', file: 'A', index: 0 },
  },
]);
