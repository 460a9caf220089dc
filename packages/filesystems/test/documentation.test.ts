/** What runs say of each operation: the tables by file system and profile, and that watching changes nothing. */
import { Validator } from '@lockdep/core';
import {
  dataTags,
  Engine,
  type Errno,
  type Folio,
  type Inode,
  PlainMachine,
  type Proc,
  type Profile,
  profiles,
  type Tag,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  type ComparedCell,
  compareTables,
  documentOf,
  Ext4Like,
  type FileSystemName,
  LockRecorder,
  type LockTally,
  pread,
  runDocumentation,
} from '../src/index.ts';

const kinds = ['ext2', 'ext4', 'xfs', 'ceph'] as const;
const cells = kinds.flatMap((fs) => profiles.map((profile) => ({ fs, profile })));

/** Always, sometimes or never, without the counts, which change with every program. */
function often({ exclusive, shared, none }: LockTally): string {
  const modes = [exclusive > 0 && 'exclusive', shared > 0 && 'shared', none > 0 && 'no'].filter((mode) => mode);
  return modes.join(' or ');
}

const row = ({ operation, lock, when, observed, verdict, against }: ComparedCell): string =>
  verdict === 'contradicts'
    ? `${operation} ${when} ${lock}: contradicted by ${against.map(({ mode }) => mode).join(' and ')}`
    : `${operation} ${when} ${lock}: ${observed === null ? '' : often(observed)} (${verdict})`;

const memo = new Map<string, ComparedCell[]>();

function comparedRuns(fs: FileSystemName, profile: Profile): ComparedCell[] {
  const key = `${fs} ${profile}`;
  const known =
    memo.get(key) ?? compareTables(runDocumentation({ fs, profile, seeds: 1 }).operations, documentOf[profile]);
  memo.set(key, known);
  return known;
}

describe('tables from runs', () => {
  test.each(cells)('$fs, $profile', { timeout: 60_000 }, ({ fs, profile }) => {
    const compared = comparedRuns(fs, profile);
    expect(
      compared.filter(({ verdict }) => verdict === 'agrees' || verdict === 'contradicts').map(row),
    ).toMatchSnapshot();
    const called = new Set(compared.filter(({ observed }) => observed !== null).map(({ operation }) => operation));
    for (const operation of [
      'read_folio',
      'readahead',
      'write_begin',
      'write_end',
      'fault',
      'map_pages',
      'page_mkwrite',
      'open',
      'close',
      'setattr',
      'rename',
      'link',
      'fileattr_set',
      'evict_inode',
      'put_super',
      'sync_fs',
      'freeze_fs',
    ])
      expect(called, operation).toContain(operation);
    const against = compared.filter(({ verdict }) => verdict === 'contradicts');
    for (const cell of against) {
      expect(cell.against.length).toBeGreaterThan(0);
      for (const { calls, evidence } of cell.against) {
        expect(calls).toBeGreaterThan(0);
        expect(evidence!.path.length).toBeGreaterThan(0);
      }
    }
  });

  test('what the documents have wrong comes out', () => {
    const contradictions = (profile: 'before' | 'seed' | 'merged'): string[] =>
      comparedRuns('ext4', profile)
        .filter(({ verdict }) => verdict === 'contradicts')
        .map(({ operation, lock, when }) => `${operation} ${when} ${lock}`);
    // Eviction of an inode invalidates with nothing but the folio lock; since the merge, a fault of a cached page takes no lock.
    expect(contradictions('before')).not.toContain('fault takes invalidate_lock');
    expect(contradictions('seed')).toContain('invalidate_folio entry invalidate_lock');
    expect(contradictions('seed')).not.toContain('fault takes invalidate_lock');
    expect(contradictions('merged')).toContain('fault takes invalidate_lock');
  });
});

/** Drops i_rwsem between write_begin and write_end, and sets a size without it. */
class Careless extends Ext4Like {
  override *setSize(inode: Inode, size: number): Proc<Errno | null> {
    return yield* this.setattr(inode, size);
  }

  override *writeBegin(inode: Inode, pos: number, bytes: number): Proc<Folio | Errno> {
    const folio = yield* super.writeBegin(inode, pos, bytes);
    if (typeof folio !== 'string') yield* inode.iRwsem.upWrite();
    return folio;
  }

  override *writeEnd(inode: Inode, folio: Folio, pos: number, bytes: number, copied: readonly Tag[]): Proc<number> {
    yield* inode.iRwsem.downWrite();
    return yield* super.writeEnd(inode, folio, pos, bytes, copied);
  }
}

test('a file system that forgets a lock contradicts the document, by operation and lock', () => {
  const { operations } = runDocumentation({ fs: 'ext4', profile: 'merged', seeds: 1, Kind: Careless });
  const cells = compareTables(operations, 'v5.15');
  const cellOf = (wanted: string): ComparedCell =>
    cells.find(({ operation, lock, when }) => operation === wanted && lock === 'i_rwsem' && when === 'entry')!;
  const cell = cellOf('write_end');
  expect(cell).toMatchObject({ verdict: 'contradicts', documented: 'exclusive' });
  expect(cell.against).toMatchObject([{ mode: 'none' }]);
  expect(cell.against[0]!.evidence!.path).toContain('genericPerformWrite');
  expect(cellOf('setattr')).toMatchObject({ verdict: 'contradicts', against: [{ mode: 'none' }] });
  expect(cellOf('rename')).toMatchObject({ verdict: 'agrees', observed: { shared: 0, none: 0 } });
});

test('watching changes no schedule', () => {
  const watched = runDocumentation({ fs: 'xfs', profile: 'merged', seeds: 2 });
  const alone = runDocumentation({ fs: 'xfs', profile: 'merged', seeds: 2, observed: false });
  expect(alone.steps).toEqual(watched.steps);
  expect(alone.operations).toEqual([]);
});

test('what a call is told with: who called, what was held before, after and within', () => {
  const validator = new Validator();
  const machine = new PlainMachine({ validator });
  const recorder = new LockRecorder();
  const observer = recorder.observe(machine, validator, 'one read', null);
  const fs = new Ext4Like(new Engine({ machine, validator, observer }));
  const a = fs.create('A', dataTags('A', 'w0', 0, 4));
  machine.spawn('t', () => pread(a, 0, 4));
  machine.run();
  const [folio, iter] = ['read_folio', 'read_iter'].map((name) =>
    recorder.operations().find(({ operation }) => operation === name),
  );
  expect(folio).toMatchObject({ calls: 1, entry: { folio_lock: { exclusive: 1 }, invalidate_lock: { shared: 1 } } });
  expect(folio).toMatchObject({ exit: { folio_lock: { exclusive: 0, none: 1 } } });
  expect(iter).toMatchObject({ calls: 1, callers: ['pread'], entry: { invalidate_lock: { none: 1 } } });
  expect(iter).toMatchObject({ takes: { invalidate_lock: { shared: 1 }, i_rwsem: { none: 1 } } });
});
