/** Asynchronous buffered reads: one that would sleep for a folio lock asks to be told when it is free, and holds nothing meanwhile. */
import { Validator } from '@lockdep/core';
import { Completion } from '@lockdep/locks';
import { dataTags, Engine, type Inode, Kiocb, PlainMachine, PresentBuffer, type Proc } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  Ext4Like,
  type FileSystemName,
  fsync,
  pread,
  preadAsync,
  punchHole,
  pwrite,
  type Scenario,
  scenarioProgram,
  XfsLike,
} from '../src/index.ts';

function stage(
  cached: readonly number[],
  pages = 2,
): { machine: PlainMachine; engine: Engine; a: Inode; validator: Validator } {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, geometry: { filePages: pages, diskBlocks: 8 } });
  const fs = new Ext4Like(engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, 4 * pages));
  for (const index of cached) fs.cache(a, index, index === 1 ? [] : undefined);
  return { machine, engine, a, validator };
}

/** Locks page 1 of A, which is not uptodate, and keeps it until `go`. */
function* holdPage(a: Inode, locked: Completion, go: Completion): Proc {
  const folio = (yield* a.mapping.lookup(1))!;
  yield* folio.lock.acquire();
  yield* locked.completeAll();
  yield* go.wait();
  yield* folio.unlockAndPut();
}

describe('a WAITQ read', () => {
  test('of a locked page answers EIOCBQUEUED with nothing held, is told, and then succeeds', () => {
    const { machine, engine, a, validator } = stage([0, 1]);
    const [locked, go] = [new Completion({ validator: null }), new Completion({ validator: null })];
    const seen: unknown[] = [];
    machine.spawn('holder', () => holdPage(a, locked, go));
    machine.spawn('reader', function* () {
      yield* locked.wait();
      const kiocb = new Kiocb(a, 4, { waitq: true });
      const { tags, error } = yield* a.fs.readIter(kiocb, new PresentBuffer(), 4);
      const task = machine.current().taskOf(validator);
      seen.push(tags.length, error, kiocb.queued?.done, validator.isHeld(task, a.mapping.invalidateLock.instance!));
      yield* go.completeAll();
      yield* kiocb.queued!.wait();
      seen.push((yield* pread(a, 4, 4)).length);
    });
    expect(machine.run().stuck).toEqual([]);
    expect(seen).toEqual([0, 'EIOCBQUEUED', false, false, 4]);
    expect([engine.inspect(), validator.reports.length]).toEqual([null, 0]);
  });

  test('returns what is there instead of queueing for the rest', () => {
    const { machine, engine, a } = stage([0, 1]);
    const [locked, go] = [new Completion({ validator: null }), new Completion({ validator: null })];
    let answer: unknown;
    machine.spawn('holder', () => holdPage(a, locked, go));
    machine.spawn('reader', function* () {
      yield* locked.wait();
      const kiocb = new Kiocb(a, 0, { waitq: true });
      const { tags, error } = yield* a.fs.readIter(kiocb, new PresentBuffer(), 8);
      answer = [tags.length, error, kiocb.queued];
      yield* go.completeAll();
    });
    expect(machine.run().stuck).toEqual([]);
    expect([answer, engine.inspect()]).toEqual([[4, 'EAGAIN', null], null]);
  });

  test('starts no I/O of its own for a page that is there: EAGAIN', () => {
    const { machine, a } = stage([0, 1]);
    let answer: unknown;
    machine.spawn('reader', function* () {
      answer = yield* pread(a, 4, 4, { waitq: true });
    });
    machine.run();
    expect(answer).toBe('EAGAIN');
  });
});

describe('NOIO', () => {
  test('answers EAGAIN for what is not cached, and what is cached otherwise', () => {
    const { machine, engine, a } = stage([0]);
    const answers: unknown[] = [];
    machine.spawn('reader', function* () {
      answers.push((yield* pread(a, 0, 8, { noio: true })).length, yield* pread(a, 4, 4, { noio: true }));
    });
    machine.run();
    expect([answers, engine.inspect()]).toEqual([[4, 'EAGAIN'], null]);
  });
});

const asyncRace = (Kind: typeof Ext4Like | typeof XfsLike): Pick<Scenario, 'build'> => ({
  build(machine, { profile }) {
    const engine = new Engine({ machine, profile, geometry: { filePages: 1, diskBlocks: 4 } });
    const fs = new Kind(engine);
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const c = fs.create('C');
    return {
      engine,
      tasks: {
        punch: () => punchHole(fs, a, 0, 4),
        read: () => preadAsync(a, 0, 4),
        *write() {
          yield* pwrite(c, 0, 4, 'w1');
          yield* fsync(c);
        },
      },
    };
  },
});

describe('against a punch', () => {
  const KINDS: Readonly<Record<string, [typeof Ext4Like | typeof XfsLike, FileSystemName]>> = {
    ext4: [Ext4Like, 'ext4'],
    xfs: [XfsLike, 'xfs'],
  };
  for (const [name, [Kind, fs]] of Object.entries(KINDS)) {
    test(`${name}, merged: no wrong byte in any interleaving`, () => {
      const result = explore(scenarioProgram(asyncRace(Kind), { fs, profile: 'merged' }), {
        strategy: 'source-dpor',
        validator: null,
        budget: { steps: 1_000, ms: 60_000 },
      });
      expect([result.failures.map(({ message }) => message), result.exhausted]).toEqual([[], true]);
    });
  }

  test('ext4, before: the race is the same', () => {
    const result = explore(scenarioProgram(asyncRace(Ext4Like), { fs: 'ext4', profile: 'before' }), {
      strategy: 'source-dpor',
      stopOnFailure: true,
      minimise: 0,
      validator: null,
      budget: { steps: 1_000 },
    });
    expect(result.verdict).toBe('fail');
    expect(result.failures[0]?.message).toMatch(/^(stale-block-exposure|hole-has-data): A\[0\]/);
  });
});
