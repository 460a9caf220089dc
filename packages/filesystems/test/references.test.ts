/** References of folios: who keeps a page alive, who may not have it, and that none is forgotten. */
import {
  dataTags,
  Engine,
  type Errno,
  Folio,
  filemapInvalidateInode,
  type Inode,
  invalidateInodePages2Range,
  invalidateMappingPages,
  Mm,
  PlainMachine,
  type Proc,
  premap,
  shrinkFolio,
  userLoad,
  userStore,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { Ext4Like, ftruncate, pread, pwrite, type Scenario, scenarioProgram } from '../src/index.ts';
import { sampledKinds, truncateAndRead } from './claim-programs.ts';

interface Stage {
  readonly engine: Engine;
  readonly fs: Ext4Like;
  readonly a: Inode;
}

/** Runs one task on a file of two cached pages; answers what it returned, and the engine. */
function run<T>(code: (stage: Stage) => Proc<T>): { readonly result: T; readonly engine: Engine; readonly a: Inode } {
  const machine = new PlainMachine();
  const engine = new Engine({ machine, geometry: { filePages: 2, diskBlocks: 8 } });
  const fs = new Ext4Like(engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, 8));
  fs.cache(a, 0);
  fs.cache(a, 1);
  let result: T | undefined;
  machine.spawn('task', function* () {
    result = yield* code({ engine, fs, a });
  });
  expect(machine.run().stuck).toEqual([]);
  return { result: result as T, engine, a };
}

describe('reclaim', () => {
  test('takes a clean page that nobody uses', () => {
    const { result, engine, a } = run(({ a }) => shrinkFolio(a.mapping, 0));
    expect([result, a.mapping.peek(0), engine.folios.size, engine.inspect()]).toEqual([true, null, 1, null]);
  });

  test('leaves a page that somebody has found, and takes it once it is put', () => {
    const { result, engine } = run(function* ({ a }) {
      const folio = (yield* a.mapping.lookup(0))!;
      const first = yield* shrinkFolio(a.mapping, 0);
      yield* folio.put();
      return [first, yield* shrinkFolio(a.mapping, 0)];
    });
    expect([result, engine.inspect()]).toEqual([[false, true], null]);
  });

  test('leaves a dirty page', () => {
    const { result } = run(function* ({ a }) {
      yield* pwrite(a, 0, 4, 'w1');
      return yield* shrinkFolio(a.mapping, 0);
    });
    expect(result).toBe(false);
  });
});

describe('truncate', () => {
  test('removes a page whoever uses it; its bytes live as long as a reference to it', () => {
    const { result, engine } = run(function* ({ fs, a }) {
      const folio = (yield* a.mapping.lookup(1))!;
      yield* ftruncate(fs, a, 4);
      const kept = [folio.mapping, folio.refcount, folio.data[0]?.origin];
      yield* folio.put();
      return [...kept, folio.refcount, folio.data[0]?.origin];
    });
    expect(result).toEqual([null, 1, 'data', 0, 'freed']);
    expect(engine.inspect()).toBeNull();
  });
});

describe('invalidation', () => {
  test('DONTNEED drops clean pages, and passes by what is mapped, dirty or used', () => {
    const dropped = (before: (stage: Stage) => Proc<unknown>): number =>
      run(function* (stage) {
        yield* before(stage);
        return yield* invalidateMappingPages(stage.a.mapping, 0, 1);
      }).result;
    expect(dropped(function* () {})).toBe(2);
    expect(dropped(({ engine, a }) => userLoad(premap(new Mm(engine, 'mm'), a, { pages: 2 }), 0))).toBe(1);
    expect(dropped(({ a }) => pwrite(a, 0, 1, 'w1'))).toBe(1);
    expect(dropped(({ a }) => a.mapping.lookup(1))).toBe(1);
  });

  test('invalidate_inode_pages2 takes mapped and used pages too, and answers EBUSY for dirty ones', () => {
    const answer = (before: (stage: Stage) => Proc<unknown>): Errno | null =>
      run(function* (stage) {
        yield* before(stage);
        return yield* invalidateInodePages2Range(stage.a.mapping, 0, 1);
      }).result;
    expect(answer(({ engine, a }) => userLoad(premap(new Mm(engine, 'mm'), a, { pages: 2 }), 0))).toBeNull();
    expect(answer(({ a }) => pwrite(a, 0, 1, 'w1'))).toBe('EBUSY');
    expect(answer(({ a }) => a.mapping.lookup(1))).toBeNull();
  });

  test('filemap_invalidate_inode flushes first, so that a store through a mapping is on disk and not in the cache', () => {
    const { result, engine, a } = run(function* ({ engine, a }) {
      const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
      yield* userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!);
      yield* filemapInvalidateInode(a, true, 0, 1);
      return [a.mapping.peek(0), (yield* userLoad(vma, 1))?.write];
    });
    expect([result, engine.inspect(), a.mapping.peek(1)]).toEqual([[null, 'm1'], null, null]);
  });
});

describe('mistakes', () => {
  test('a reference that is never put is a leak, with its page', () => {
    const { engine } = run(({ a }) => a.mapping.lookup(1));
    expect(engine.inspect()).toBe(
      'leak: A[1] (end): folio(A,1) has 2 references when nothing runs any more, 1 can be accounted for',
    );
    expect(engine.oracle.findings[0]).toMatchObject({ file: 'A', index: 1, offset: 4 });
  });

  test('a reference put twice is an error', () => {
    const code = function* ({ a }: Stage): Proc {
      const folio = new Folio(a.mapping, 0);
      yield* folio.put();
      yield* folio.put();
    };
    expect(() => run(code)).toThrow('folio(A,0) is put once too often: it has been freed');
  });

  test('reading without a reference sees freed pages; with one it does not, in any interleaving', () => {
    expect([...sampledKinds(truncateAndRead({ 'read.putsBeforeCopy': true }))]).toContain('use-after-free');
    const settings = { fs: 'ext4', profile: 'merged' } as const;
    const result = explore(scenarioProgram(truncateAndRead({}), settings), {
      strategy: 'source-dpor',
      validator: null,
    });
    expect([result.verdict, result.exhausted]).toEqual(['ok', true]);
  });
});

test('reclaim beside a read and a write: every interleaving is clean, and some of them reclaim', () => {
  let reclaimed = 0;
  const program: Pick<Scenario, 'build'> = {
    build(machine) {
      const engine = new Engine({ machine, geometry: { filePages: 1, diskBlocks: 4 } });
      const fs = new Ext4Like(engine);
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      fs.cache(a, 0);
      return {
        engine,
        tasks: {
          read: () => pread(a, 0, 4),
          write: () => pwrite(a, 0, 2, 'w1'),
          *reclaim() {
            if (yield* shrinkFolio(a.mapping, 0)) reclaimed += 1;
          },
        },
      };
    },
  };
  const result = explore(scenarioProgram(program, { fs: 'ext4', profile: 'merged' }), {
    strategy: 'source-dpor',
    validator: null,
  });
  expect([result.verdict, result.exhausted]).toEqual(['ok', true]);
  expect(reclaimed).toBeGreaterThan(0);
  expect(reclaimed).toBeLessThan(result.executions);
});
