/** Where ranges end inside pages and blocks, and files inside pages; and what fsync promises. */
import {
  type BugSwitches,
  dataTags,
  Engine,
  type Machine,
  MappedBuffer,
  Mm,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  shrinkFolio,
  type Tag,
  userLoad,
  userStore,
  ZERO,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  Ext2Like,
  Ext4Like,
  fsync,
  ftruncate,
  pread,
  preallocate,
  punchHole,
  pwrite,
  type Scenario,
  scenarioProgram,
  XfsLike,
} from '../src/index.ts';

const KINDS = { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike };
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

interface Setup {
  readonly fs: Kind;
  readonly profile?: Profile;
  readonly bugs?: BugSwitches;
  readonly blockSize?: number;
  readonly size?: number;
  readonly patience?: number;
}

const byte = (offset: number, write: string): Tag => dataTags('A', write, offset, 1)[0]!;

function mount(machine: Machine, { fs: kind, profile = 'merged', bugs = {}, blockSize = 4, size = 8, ...rest }: Setup) {
  const engine = new Engine({ ...rest, machine, profile, bugs, geometry: { filePages: 2, diskBlocks: 24, blockSize } });
  const fs: BlockFileSystem = new KINDS[kind](engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, size));
  return { engine, fs, a, vma: premap(new Mm(engine, 'mm'), a, { pages: 2 }) };
}

type Mounted = ReturnType<typeof mount>;

/** Runs one task, then writes everything back and drops the cache: the bytes on disk, by write, 0 for zero. Throws what the oracle finds. */
function bytesAfter(setup: Setup, code: (mounted: Mounted) => Proc<unknown>): string {
  const machine = new PlainMachine();
  const mounted = mount(machine, setup);
  const { engine, a } = mounted;
  let seen: readonly Tag[] = [];
  machine.spawn('task', function* () {
    yield* code(mounted);
    yield* fsync(a);
    for (let index = 0; index < 2; index++) yield* shrinkFolio(a.mapping, index);
    const tags = yield* pread(a, 0, 8);
    if (typeof tags !== 'string') seen = tags;
  });
  expect(machine.run().stuck).toEqual([]);
  const finding = engine.inspect();
  if (finding !== null) throw new Error(finding);
  return seen.map((tag) => (tag === ZERO ? '0' : tag.write)).join(' ');
}

describe.each(kinds)('%s', (fs) => {
  for (const blockSize of [1, 2, 4]) {
    test(`blocks of ${blockSize}: a punch at any byte leaves zeroes on disk and nothing else changed, cached or not`, () => {
      for (let from = 0; from < 8; from++) {
        for (let to = from + 1; to <= 8; to++) {
          const expected = Array.from({ length: 8 }, (_, i) => (i >= from && i < to ? '0' : 'w0')).join(' ');
          const punch = ({ fs: mounted, a }: Mounted) => punchHole(mounted, a, from, to - from);
          const readAndPunch = function* (mounted: Mounted): Proc {
            yield* pread(mounted.a, 0, 8);
            yield* punch(mounted);
            yield* pread(mounted.a, 0, 8);
          };
          for (const profile of ['merged', 'latest'] as const) {
            const setup = { fs, blockSize, profile };
            expect([from, to, bytesAfter(setup, punch)]).toEqual([from, to, expected]);
            expect([from, to, bytesAfter(setup, readAndPunch)]).toEqual([from, to, expected]);
          }
        }
      }
    });

    test(`blocks of ${blockSize}: truncated to any byte and grown again, what was cut off is zero`, () => {
      for (let size = 0; size < 8; size++) {
        const expected = Array.from({ length: 8 }, (_, i) => (i < size ? 'w1' : '0')).join(' ');
        const cut = function* ({ fs: mounted, a }: Mounted): Proc {
          yield* pwrite(a, 0, 8, 'w1');
          yield* ftruncate(mounted, a, size);
          yield* ftruncate(mounted, a, 8);
        };
        expect([size, bytesAfter({ fs, blockSize }, cut)]).toEqual([size, expected]);
      }
    });
  }

  test('a store past the end, in the last page, does not reach the disk', () => {
    const code = function* ({ fs: mounted, a, vma }: Mounted): Proc {
      yield* userStore(vma, 1, byte(1, 'm1'));
      yield* userStore(vma, 3, byte(3, 'm2'));
      yield* fsync(a);
      yield* ftruncate(mounted, a, 4);
    };
    expect(bytesAfter({ fs, size: 2 }, code)).toBe('w0 m1 0 0');
  });

  test('a store to what a file has grown by asks for blocks (PC-024)', () => {
    const code = function* ({ fs: mounted, a, vma }: Mounted): Proc {
      yield* userStore(vma, 0, byte(0, 'm1'));
      yield* ftruncate(mounted, a, 4);
      yield* userStore(vma, 3, byte(3, 'm2'));
    };
    const setup = { fs, blockSize: 1, size: 2 };
    expect(bytesAfter(setup, code)).toBe('m1 w0 0 m2');
    expect(() => bytesAfter({ ...setup, bugs: { isizeExtendedMkclean: false } }, code)).toThrow('lost-write');
  });
});

describe('blocks behind the end of the last page, which a store makes dirty with it', () => {
  for (const profile of ['merged', 'latest'] as const) {
    test.each(['ext4', 'xfs'] as const)(`%s, ${profile}: are not written, though they are preallocated`, (fs) => {
      const code = function* ({ fs: mounted, a, vma }: Mounted): Proc {
        yield* preallocate(mounted, a, 2, 2, { keepSize: true });
        yield* userStore(vma, 3, byte(3, 'm1'));
      };
      expect(bytesAfter({ fs, profile, blockSize: 1, size: 2 }, code)).toBe('w0 w0');
    });
  }

  test.each(kinds)('%s: need none of what a write that failed has reserved', (fs) => {
    const code = function* ({ fs: mounted, engine, a, vma }: Mounted): Proc {
      const other = premap(new Mm(engine, 'other mm'), mounted.create('B', dataTags('B', 'w0', 0, 4)), { pages: 2 });
      yield* userLoad(other, 3);
      yield* userStore(vma, 1, byte(1, 'm1'));
      // Only the first byte of the buffer is there.
      yield* pwrite(a, 1, 3, 'w1', new MappedBuffer(other, 3));
    };
    expect(bytesAfter({ fs, profile: 'latest', blockSize: 1, size: 2 }, code)).toBe('w0 w1');
  });
});

/** Tries every interleaving of the tasks, or those with at most `bound` preemptions; the first wrong one in words, or 'proved'. */
function outcome(
  setup: Setup,
  tasks: (mounted: Mounted) => Record<string, () => Proc<unknown>>,
  bound: number | null = null,
): string {
  const program: Pick<Scenario, 'build'> = {
    build(machine) {
      const mounted = mount(machine, setup);
      return { engine: mounted.engine, tasks: tasks(mounted) };
    },
  };
  const result = explore(scenarioProgram(program, { fs: setup.fs, profile: setup.profile ?? 'merged' }), {
    ...(bound === null ? { strategy: 'source-dpor' } : { strategy: 'context-bound', bound }),
    stopOnFailure: true,
    minimise: 0,
    validator: null,
    budget: { steps: 1_000, ms: 60_000, executions: 1_000_000 },
  });
  const ended = result.exhausted || (bound !== null && result.stepBounded === 0 && result.ms < 60_000);
  return result.failures[0]?.message ?? (ended ? 'proved' : result.estimate.statement);
}

describe('a store beside a write that makes the file longer than the byte', () => {
  /** The page is writable, with blocks up to the old end. */
  const race = ({ a, vma }: Mounted) => ({
    *write() {
      yield* userStore(vma, 0, byte(0, 'm1'));
      yield* pwrite(a, 3, 1, 'w1');
    },
    *store() {
      yield* userStore(vma, 2, byte(2, 'm2'));
      yield* fsync(a);
      yield* shrinkFolio(a.mapping, 0);
    },
  });

  test('may be kept or not, since it asks for no block before the write is over', () => {
    expect(outcome({ fs: 'ext4', blockSize: 1, size: 1 }, race, 1)).toBe('proved');
  });

  test('but one after the write is kept', () => {
    const setup = { fs: 'ext4', blockSize: 1, size: 1 } as const;
    expect(outcome({ ...setup, bugs: { isizeExtendedMkclean: false } }, race, 1)).toMatch(/^lost-write: A\[0\]/);
  });
});

describe('a store beside a punch of one block of its page (PC-025)', () => {
  /** The page is writable and dirty; then one block of it is punched while it is stored to. */
  const race = ({ fs, a, vma }: Mounted) => ({
    *punch() {
      yield* userStore(vma, 0, byte(0, 'm1'));
      yield* punchHole(fs, a, 2, 2);
    },
    *store() {
      yield* userStore(vma, 2, byte(2, 'm2'));
      yield* fsync(a);
      yield* shrinkFolio(a.mapping, 0);
    },
  });

  test('ext4, merged: the page stays writable, and the store may go nowhere', () => {
    expect(outcome({ fs: 'ext4', blockSize: 2, size: 4 }, race)).toMatch(/^lost-write: A\[0\]/);
  });
});

test('fsync beside another fsync returns only when the data is on disk', () => {
  const tasks = ({ fs, a, engine: { oracle } }: Mounted) => {
    fs.cache(a, 0);
    const folio = a.mapping.peek(0)!;
    const written = [byte(0, 'w1')];
    folio.fill(0, written);
    folio.dirty = true;
    folio.buffers[0]!.dirty = true;
    oracle.file('A').begin(0, written, oracle.tick()).end(oracle.tick());
    const disk = (fs as Ext4Like).device.blocks[0]!;
    function* sync(): Proc {
      yield* fsync(a);
      const { write } = disk.data[0]!;
      if (write !== 'w1') throw new Error(`fsync is over, and the disk has ${write}`);
    }
    return { one: sync, other: sync };
  };
  for (const fs of kinds) expect([fs, outcome({ fs, size: 4 }, tasks)]).toEqual([fs, 'proved']);
});

test('a store after an fsync is on disk after the next: writeback has made its page read-only', () => {
  for (const fs of kinds) {
    const machine = new PlainMachine();
    const { fs: mounted, a, vma } = mount(machine, { fs });
    const onDisk: string[] = [];
    machine.spawn('task', function* () {
      for (const write of ['m1', 'm2']) {
        yield* userStore(vma, 0, byte(0, write));
        yield* fsync(a);
        onDisk.push(mounted.device.blocks[0]!.data[0]!.write);
      }
    });
    machine.run();
    expect([fs, onDisk]).toEqual([fs, ['m1', 'm2']]);
  }
});

test('writeback beside a truncate or a punch writes to no block that is being given up (two preemptions)', () => {
  const beside = (evict: (mounted: Mounted) => Proc<unknown>) => (mounted: Mounted) => {
    mounted.fs.cache(mounted.a, 0);
    return {
      evict: () => evict(mounted),
      *store() {
        yield* userStore(mounted.vma, 0, byte(0, 'm1'));
        yield* fsync(mounted.a);
      },
    };
  };
  const truncate = ({ fs, a }: Mounted) => ftruncate(fs, a, 2);
  const punch = ({ fs, a }: Mounted) => punchHole(fs, a, 2, 2);
  for (const evict of [truncate, punch]) {
    expect(outcome({ fs: 'ext4', blockSize: 2, size: 4 }, beside(evict), 2)).toBe('proved');
  }
});

test('truncate needs no lock against reads: who adds a page late sees the new size, and fills it with zeroes', () => {
  const tasks = ({ fs, a }: Mounted) => ({
    *truncate() {
      yield* ftruncate(fs, a, 4);
      yield* ftruncate(fs, a, 8);
    },
    read: () => pread(a, 4, 4),
  });
  expect(outcome({ fs: 'ext2', profile: 'before', patience: 1 }, tasks)).toBe('proved');
});
