/** Programs of xfstests about direct I/O, small: the first number is that of the test. Mappings are shared here, where theirs are private. */
import {
  dataTags,
  type Errno,
  type Inode,
  MappedBuffer,
  Mm,
  type Proc,
  premap,
  type Tag,
  tagName,
  userLoad,
  type Vma,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  aioWrite,
  type BlockFileSystem,
  mount,
  pread,
  preallocate,
  punchHole,
  pwrite,
  scenarioProgram,
} from '../src/index.ts';

interface Files {
  readonly fs: BlockFileSystem;
  readonly a: Inode;
  readonly b: Inode;
  readonly ofA: Vma;
}

type Tasks = (files: Files) => Record<string, () => Proc<unknown>>;
type Kind = 'ext2' | 'ext4' | 'xfs';

const kinds: readonly Kind[] = ['ext2', 'ext4', 'xfs'];
const direct = { direct: true } as const;

/** Some schedules of the tasks; A is a hole, then a page of data. */
function sample(fs: Kind, tasks: Tasks, executions: number) {
  const scenario = {
    build(machine: Parameters<typeof mount>[0], settings: Parameters<typeof mount>[1]) {
      const mounted = mount(machine, settings, { filePages: 2, diskBlocks: 16 });
      const a = mounted.fs.create('A', dataTags('A', 'w0', 0, 8));
      const b = mounted.fs.create('B', dataTags('B', 'w0', 0, 8));
      const files = { fs: mounted.fs, a, b, ofA: premap(new Mm(mounted.engine, 'mm'), a, { pages: 2 }) };
      return { engine: mounted.engine, tasks: tasks(files) };
    },
  };
  const budget = { steps: 1_500, executions, ms: 20_000 };
  const result = explore(scenarioProgram(scenario, { fs, profile: 'latest', bugs: { 'read.smallerSize': true } }), {
    strategy: 'portfolio',
    validator: null,
    stopOnFailure: true,
    minimise: 0,
    budget,
  });
  expect(result.failures.map(({ message }) => message)).toEqual([]);
  return result;
}

const names = (tags: readonly Tag[] | number | Errno): string =>
  Array.isArray(tags) ? tags.map(tagName).join(' ') : String(tags);

describe.each(kinds)('%s', (fs) => {
  /** Cases of `mmap-rw-fault`, with the page that is not the source unmapped or a hole. */
  const cases: readonly [string, (files: Files) => Proc<unknown>, string][] = [
    [
      '647 b: direct read of page 1 into page 0',
      ({ a, ofA }) => pread(a, 4, 4, { ...direct, to: new MappedBuffer(ofA) }),
      'A[4]@w0 A[5]@w0 A[6]@w0 A[7]@w0',
    ],
    [
      '647 d: direct write of page 1 to page 0',
      ({ a, ofA }) => pwrite(a, 0, 4, 'w1', new MappedBuffer(ofA, 4), direct),
      '4',
    ],
    [
      '647 e: direct read of a hole into its own mapping',
      function* ({ fs, a, ofA }) {
        yield* punchHole(fs, a, 0, 4);
        return yield* pread(a, 0, 4, { ...direct, to: new MappedBuffer(ofA) });
      },
      'zero zero zero zero',
    ],
    [
      '729 f: direct write of page 1 onto itself',
      ({ a, ofA }) => pwrite(a, 4, 4, 'w1', new MappedBuffer(ofA, 4), direct),
      '4',
    ],
  ];
  test.each(cases)('%s', (_, program, expected) => {
    const seen: string[] = [];
    const result = sample(
      fs,
      (files) => ({
        *program() {
          seen.push(names((yield* program(files)) as readonly Tag[]));
        },
      }),
      5,
    );
    expect(result.executions).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([expected]));
  });

  test('708: a direct write from a mapping of which the first page is present', () => {
    const seen: string[] = [];
    sample(
      fs,
      ({ b, ofA }) => ({
        *program() {
          yield* userLoad(ofA, 0);
          yield* pwrite(b, 0, 8, 'w1', new MappedBuffer(ofA), direct);
          seen.push(names(yield* pread(b, 0, 8, direct)));
        },
      }),
      5,
    );
    expect(new Set(seen)).toEqual(new Set([dataTags('B', 'w1', 0, 8).map(tagName).join(' ')]));
  });

  test('418: each its own page, written and read back, directly or not', () => {
    sample(
      fs,
      ({ a }) => ({
        *first() {
          yield* pwrite(a, 0, 4, 'w1', undefined, direct);
          yield* pread(a, 0, 4);
        },
        *second() {
          yield* pwrite(a, 4, 4, 'w2');
          yield* pread(a, 4, 4, direct);
        },
      }),
      150,
    );
  });

  test('451: asynchronous direct writes, and buffered reads of all of it', () => {
    sample(
      fs,
      ({ a }) => ({
        *writer() {
          const requests = [yield* aioWrite(a, 0, 4, 'w1'), yield* aioWrite(a, 4, 4, 'w2')];
          for (const request of requests) yield* request.wait();
          yield* pread(a, 0, 8);
        },
        read: () => pread(a, 0, 8),
      }),
      150,
    );
  });

  test('503: direct reads of G into a mapping of F, and punches of F', () => {
    sample(
      fs,
      ({ fs, a, b, ofA }) => ({
        read: () => pread(b, 0, 8, { ...direct, to: new MappedBuffer(ofA) }),
        *punch() {
          yield* punchHole(fs, a, 0, 8);
          yield* preallocate(fs, a, 0, 8);
        },
      }),
      150,
    );
  });
});
