/** Migration: the page is elsewhere, and nobody has seen it go. */
import {
  dataTags,
  Engine,
  Mm,
  migrateFolio,
  migratePages,
  munmap,
  PlainMachine,
  type Proc,
  premap,
  userLoad,
  userStore,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  Ext4Like,
  fsync,
  ftruncate,
  mount,
  pread,
  punchHole,
  pwrite,
  type Scenario,
  scenarioProgram,
} from '../src/index.ts';

function stage() {
  const machine = new PlainMachine();
  const engine = new Engine({ machine, geometry: { filePages: 2, diskBlocks: 4 } });
  const fs = new Ext4Like(engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, 8));
  const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
  const run = <T>(code: () => Proc<T>): T => {
    let result: T | undefined;
    machine.spawn('task', function* () {
      result = yield* code();
    });
    expect(machine.run().stuck).toEqual([]);
    return result as T;
  };
  return { engine, fs, a, vma, run };
}

describe('a page that moves', () => {
  test('keeps its bytes, its dirt, its ptes and what they allow', () => {
    const { engine, a, vma, run } = stage();
    run(() => userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!));
    const before = a.mapping.peek(0);
    expect(run(() => migrateFolio(a.mapping, 0))).toBe(true);
    const after = a.mapping.peek(0)!;
    expect(after).not.toBe(before);
    expect([before!.refcount, before!.mapping, after.dirty, after.mapcount, after.uptodate]).toEqual([
      0,
      null,
      true,
      1,
      true,
    ]);
    expect(vma.pte(0)).toMatchObject({ folio: after, writable: true, migration: null });
    expect(run(() => userLoad(vma, 1))?.write).toBe('m1');
    expect(engine.inspect()).toBeNull();
  });

  test('stays while somebody uses it, and is mapped again', () => {
    const { engine, a, vma, run } = stage();
    run(() => userLoad(vma, 0));
    const folio = run(() => a.mapping.lookup(0))!;
    expect(run(() => migrateFolio(a.mapping, 0))).toBe(false);
    expect(vma.pte(0)).toMatchObject({ folio, migration: null });
    run(() => folio.put());
    expect(engine.inspect()).toBeNull();
  });

  test('in a batch, each once', () => {
    const { engine, a, run } = stage();
    run(() => pread(a, 0, 8));
    expect(run(() => migratePages(a.mapping, 0, 1))).toBe(2);
    expect(engine.inspect()).toBeNull();
  });
});

type Rivals = (stage: ReturnType<typeof mounted>) => Record<string, () => Proc<unknown>>;

function mounted(...[machine, settings]: Parameters<Scenario['build']>) {
  const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
  const a = fs.create('A', dataTags('A', 'w0', 0, 4));
  fs.cache(a, 0);
  const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
  return { engine, fs, a, vma };
}

const byte = () => dataTags('A', 'm1', 1, 1)[0]!;
const rivals: Readonly<Record<string, Rivals>> = {
  'a store, then a load': ({ vma }) => ({
    *user() {
      yield* userStore(vma, 1, byte());
      yield* userLoad(vma, 1);
    },
  }),
  'a read and a write': ({ a }) => ({ read: () => pread(a, 0, 4), write: () => pwrite(a, 0, 2, 'w1') }),
  'a write, then fsync': ({ a }) => ({
    *write() {
      yield* pwrite(a, 0, 2, 'w1');
      yield* fsync(a);
    },
  }),
  'a punch': ({ fs, a }) => ({ punch: () => punchHole(fs, a, 0, 4) }),
  'a truncate to half a page': ({ fs, a }) => ({ truncate: () => ftruncate(fs, a, 2) }),
  'a store, then munmap': ({ vma }) => ({
    *user() {
      yield* userStore(vma, 1, byte());
      yield* munmap(vma);
    },
  }),
  'another migration': ({ a, vma }) => ({
    load: () => userLoad(vma, 0),
    again: () => migrateFolio(a.mapping, 0, 'async'),
  }),
};

describe('every interleaving is clean, and in some the page moves', () => {
  for (const [name, make] of Object.entries(rivals)) {
    for (const profile of ['merged', 'latest'] as const) {
      test(`beside ${name}, ${profile}`, () => {
        let moved = 0;
        const scenario: Pick<Scenario, 'build'> = {
          build(machine, settings) {
            const stage = mounted(machine, settings);
            function* migrate(): Proc {
              if (yield* migrateFolio(stage.a.mapping, 0)) moved++;
            }
            return { engine: stage.engine, tasks: { migrate, ...make(stage) } };
          },
        };
        const options = { strategy: 'source-dpor', validator: null, minimise: 0, stopOnFailure: true } as const;
        const budget = { steps: 1_000, executions: 20_000, ms: 25_000 };
        const result = explore(scenarioProgram(scenario, { fs: 'ext4', profile }), { ...options, budget });
        expect(result.failures.map(({ message }) => message)).toEqual([]);
        expect(result.exhausted).toBe(true);
        expect(moved).toBeGreaterThan(0);
      });
    }
  }
});
