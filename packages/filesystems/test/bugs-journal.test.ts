/** Historic defects around transactions and reservations: who waits for a commit or for room, with what locked. */
import { Validator } from '@lockdep/core';
import { dataTags, Engine, PlainMachine, type Proc } from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import { Ext4Like, fsync, ftruncate, mount, pwrite, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

class SmallJournal extends Ext4Like {
  constructor(engine: Engine) {
    super(engine, { journalCapacity: 1 });
  }
}

/** The transaction that the truncate leaves has to write A[0] first; the write has that page, and wants room in the journal. */
const journalFull: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const geometry = { filePages: 1, diskBlocks: 4, blockSize: 2 };
    const { engine, fs } = mount(machine, settings, geometry, { Kind: SmallJournal, commits: true });
    const a = fs.create('A', dataTags('A', 'w0', 0, 2));
    fs.cache(a, 0);
    return {
      engine,
      tasks: {
        *write() {
          yield* ftruncate(fs, a, 1);
          yield* pwrite(a, 2, 2, 'w1');
        },
      },
    };
  },
};

/** The truncate has a handle and wants A[0]; writeback has that page, and wants a handle while the transaction is locked. */
const transactionLocked: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { commits: true });
    const a = fs.create('A');
    return {
      engine,
      tasks: {
        *write() {
          yield* pwrite(a, 0, 2, 'w1');
          yield* machine.start('fsync', () => fsync(a));
          yield* machine.start('timer', () => (fs as Ext4Like).journal.startCommit());
          yield* ftruncate(fs, a, 1);
        },
      },
    };
  },
};

/** The disk is full; half of A[0] is dirty, and the other half wants a block. */
const diskFull: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 1, blockSize: 2 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 2));
    fs.cache(a, 0);
    return {
      engine,
      tasks: {
        *write() {
          yield* pwrite(a, 0, 2, 'w1');
          yield* pwrite(a, 2, 2, 'w2');
        },
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-068',
    scenario: diskFull,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fs.reserveUnderPageLock': true } },
    repaired: { 'fs.reserveUnderPageLock': false },
    shows: ['folio(A,0)', 'reservation(ext4)'],
  },
  {
    id: 'PC-073',
    scenario: journalFull,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.transactionUnderPageLock': true } },
    shows: ['folio(A,0)', 'transaction committed(ext4)'],
  },
  {
    id: 'PC-073, the transaction is locked',
    scenario: transactionLocked,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.transactionUnderPageLock': true } },
    shows: ['folio(A,0)', 'transaction unlocked(ext4)', 'handles(ext4)'],
    samples: true,
  },
]);

/** What the validator says of one run in turn, in which nobody waits. */
function reports(transactionUnderPageLock: boolean, body: (fs: Ext4Like) => Proc): string[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({
    machine,
    validator,
    bugs: { 'ext4.transactionUnderPageLock': transactionUnderPageLock },
    geometry: { filePages: 1, diskBlocks: 4 },
  });
  const fs = new Ext4Like(engine);
  machine.spawn('t', () => body(fs));
  expect(machine.run().stuck).toEqual([]);
  return validator.reports.map(({ message }) => message);
}

test('PC-073: the order of jbd2_handle and folio lock tells it in any run', () => {
  function* writeAndTruncate(fs: Ext4Like): Proc {
    const a = fs.create('A');
    yield* pwrite(a, 0, 2, 'w1');
    yield* fsync(a);
    yield* ftruncate(fs, a, 1);
  }
  expect(reports(true, writeAndTruncate)[0]).toBe(
    'folio_lock is wanted under jbd2_handle, which has been wanted under it',
  );
  expect(reports(false, writeAndTruncate)).toEqual([]);
});

test('an fsync within a transaction is reported, though no commit is waited for', () => {
  const within = reports(false, function* (fs) {
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    yield* fs.inTransaction(() => fsync(a) as Proc<never>);
  });
  expect(within).toHaveLength(1);
  expect(within[0]).toContain('jbd2_handle');
});
