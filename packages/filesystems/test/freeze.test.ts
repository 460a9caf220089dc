/** Freezing: nothing is dirty when it is complete, and nobody gets in before the thaw. */
import {
  dataTags,
  Engine,
  freezeSuper,
  Mm,
  markDirty,
  PlainMachine,
  type Proc,
  premap,
  thawSuper,
  userStore,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  aioWrite,
  Ext4Like,
  type FileSystemName,
  freeze,
  fsync,
  mount,
  pwrite,
  type Scenario,
  scenarioProgram,
  thaw,
} from '../src/index.ts';

type Hands = 'write' | 'store' | 'aio' | 'fsync';

class Unsynced extends Ext4Like {
  override *syncFs(): Proc {}
}

/** A dirty page, a freeze, and who changes the file or its state meanwhile. */
function frozen(hands: readonly Hands[], Kind?: typeof Unsynced): Pick<Scenario, 'build'> {
  return {
    build(machine, settings) {
      const options = { freezes: true, ...(Kind === undefined ? {} : { Kind }) };
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, options);
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      fs.cache(a, 0);
      markDirty(a.mapping.peek(0)!);
      const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
      const all: Record<Hands, () => Proc<unknown>> = {
        write: () => pwrite(a, 0, 1, 'w1'),
        store: () => userStore(vma, 1, dataTags('A', 'm', 1, 1)[0]!),
        aio: () => aioWrite(a, 0, 4, 'w2'),
        fsync: () => fsync(a),
      };
      function* freezer(): Proc {
        yield* freeze(fs);
        yield* thaw(fs);
      }
      return { engine, tasks: { freezer, ...Object.fromEntries(hands.map((hand) => [hand, all[hand]])) } };
    },
  };
}

function prove(fs: FileSystemName, hands: readonly Hands[]) {
  const program = scenarioProgram(frozen(hands), { fs, profile: 'merged' });
  const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0, budget: { steps: 1_000 } });
  return { messages: result.failures.map(({ message }) => message), exhausted: result.exhausted };
}

describe('nothing is dirty when the file system is frozen, proved against', () => {
  for (const fs of ['ext2', 'ext4', 'xfs', 'ceph'] as const) {
    for (const hand of ['write', 'store', 'aio', 'fsync'] as const)
      test(`${hand}, ${fs}`, () => expect(prove(fs, [hand])).toEqual({ messages: [], exhausted: true }));
  }
});

test('a file system that does not sync is found out', () => {
  const program = scenarioProgram(frozen(['write'], Unsynced), { fs: 'ext4', profile: 'merged' });
  const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0, stopOnFailure: true });
  expect(result.failures[0]?.message).toContain('dirty-when-frozen: A[0] (writeback): ext4 is frozen, and');
});

describe('freeze and thaw', () => {
  function run(freezes: boolean, body: (fs: Ext4Like) => Proc): void {
    const machine = new PlainMachine();
    const fs = new Ext4Like(new Engine({ machine, freezes }));
    machine.spawn('t', () => body(fs));
    machine.run();
  }

  test('a frozen file system is busy, one that is not cannot be thawed', () => {
    const answers: unknown[] = [];
    run(true, function* (fs) {
      answers.push(yield* thawSuper(fs));
      answers.push(yield* freezeSuper(fs), fs.sb.frozen, yield* freezeSuper(fs));
      answers.push(yield* thawSuper(fs), fs.sb.frozen, yield* freezeSuper(fs));
    });
    expect(answers).toEqual(['EINVAL', null, 'complete', 'EBUSY', null, 'no', null]);
  });

  test('an engine that was not told says what to do', () => {
    expect(() => run(false, (fs) => freezeSuper(fs) as Proc<never>)).toThrow('make it with `freezes: true`');
  });
});
