/**
 * The claims of the thread about these operations, each as a program that finds out. `status`: true, refuted, or true with a condition,
 * as the specification has it; `program` answers what was seen.
 */
import { Validator } from '@lockdep/core';
import {
  dataTags,
  Engine,
  FileSystemType,
  type Inode,
  MappedBuffer,
  Mm,
  PlainMachine,
  type Profile,
  premap,
  readCachePage,
  shrinkFolio,
  userLoad,
} from '@lockdep/page-cache';
import { irwsemInFault } from '../../../examples/irwsem-in-fault/main.ts';
import { recycle } from '../../../examples/two-inode-order/main.ts';
import {
  dedupeVersusStore,
  Ext4Like,
  fadviseWillneed,
  ftruncate,
  interleavedPair,
  nowaitRead,
  pread,
  punchHole,
  punchVersusLoad,
  punchVersusRead,
  punchVersusReadahead,
  pwrite,
  readIntoMapping,
  remap,
  subPageRead,
  truncateVersusFault,
  XfsLike,
} from '../src/index.ts';
import {
  addsUnderLock,
  DropsLockBetween,
  deadlocks,
  ForgetsLock,
  holds,
  LocksFolios,
  load,
  mixesSuperBlocks,
  noVerdict,
  pairTrace,
  partly,
  plainPunch,
  punchAndRead,
  readersThatWait,
  readsUnderLock,
  reportsOf,
  type Status,
  sampledKinds,
  spontaneousClear,
  submitsUnderLock,
  truncateAndRead,
  undecided,
  verdict,
} from './claim-programs.ts';
import { lockTrace, type Stage } from './lock-trace.ts';

export interface Claim {
  readonly id: string;
  readonly claim: string;
  readonly status: Status;
  /** What the program shows, in words. */
  readonly shown: string;
  readonly program: () => Status;
}

export const claims: readonly Claim[] = [
  {
    id: 'C1',
    claim: 'page fault, read and readahead have no common lock with hole punch',
    status: '✓',
    shown: 'all three expose stale data before the series (the fault where there is no private lock)',
    program: () =>
      holds(
        verdict(punchVersusRead, { profile: 'before' }) === 'fail' &&
          verdict(punchVersusLoad, { profile: 'before', fs: 'ceph' }) === 'fail' &&
          verdict(punchVersusReadahead, { profile: 'before' }) === 'fail',
      ),
  },
  {
    id: 'C2',
    claim: 'page locks do not suffice: there must be no page in the range',
    status: '✓',
    shown: 'with every folio of the range locked until the blocks are free, a reader adds another one',
    program: () => holds(verdict(punchAndRead(LocksFolios, 'before', { cached: true })) === 'fail'),
  },
  {
    id: 'C3',
    claim: 'i_rwsem cannot be taken in faults: they run under mmap_lock, which ranks below it',
    status: '✓',
    shown: 'predicted from a run without harm, confirmed by a schedule that deadlocks',
    program: () => {
      const { reports, result } = irwsemInFault(() => {});
      return holds(reports.length > 0 && result.verdict === 'deadlock');
    },
  },
  {
    id: 'C4',
    claim: 'taking i_rwsem in reads would cost mixed reads and writes',
    status: '–',
    shown:
      'a number, no verdict: beside a write, readers wait for i_rwsem where they take it (xfs), never where they do not (ext4)',
    program: () => noVerdict(readersThatWait(XfsLike) > 0 && readersThatWait(Ext4Like) === 0),
  },
  {
    id: 'C5',
    claim: 'the lock covers adding pages for faults, reads and readahead',
    status: '~',
    shown: 'these three add under the lock; write(2) adds under i_rwsem instead',
    program: () => {
      const covered = [
        lockTrace(load, ({ a }) => pread(a, 0, 4)),
        lockTrace(load, ({ vma }) => userLoad(vma, 0)),
        lockTrace(load, ({ a }) => fadviseWillneed(a, 0, 4)),
      ].every(addsUnderLock);
      return partly(covered, !addsUnderLock(lockTrace(load, ({ a }) => pwrite(a, 8, 4, 'w1'))));
    },
  },
  {
    id: 'C6',
    claim: 'it is enough to protect adding to the page cache',
    status: '✗',
    shown: 'stale data in a page that was there already',
    program: () => holds(verdict(subPageRead, { bugs: { lockOnlyAroundAdd: true } }) === 'ok'),
  },
  {
    id: 'C7',
    claim: 'the 1 KiB-block schedule: the page stays in the cache, its mapping valid',
    status: '✓',
    shown: 'found by exploration before the series',
    program: () => holds(verdict(subPageRead, { profile: 'before' }) === 'fail'),
  },
  {
    id: 'C8',
    claim: 'marking the zeroed range uptodate would fix it too',
    status: '~',
    shown: 'it does, unless uptodate is ever cleared without need',
    program: () => {
      const bugs = { lockOnlyAroundAdd: true, 'truncate.zeroedIsUptodate': true };
      return partly(verdict(subPageRead, { bugs }) === 'ok', verdict(spontaneousClear(bugs)) === 'fail');
    },
  },
  {
    id: 'C9',
    claim: 'a file system may forget that a clean block is uptodate',
    status: '✓',
    shown: 'as merged, no reader sees a difference',
    program: () => holds(verdict(spontaneousClear({})) === 'ok'),
  },
  {
    id: 'C10',
    claim: 'read I/O is submitted under invalidate_lock',
    status: '✓',
    shown: 'the folio goes to the I/O while the lock is held, in read, fault and readahead',
    program: () =>
      holds(
        [
          lockTrace(load, ({ a }) => pread(a, 0, 4)),
          lockTrace(load, ({ vma }) => userLoad(vma, 0)),
          lockTrace(load, ({ a }) => fadviseWillneed(a, 0, 4)),
        ].every(submitsUnderLock),
      ),
  },
  {
    id: 'C11',
    claim: 'filemap_create_page could drop the lock after insertion',
    status: '✓',
    shown: 'no wrong byte in any interleaving',
    program: () => {
      const bugs = { 'read.createDropsLockAfterAdd': true };
      return holds(verdict(punchAndRead(plainPunch, 'merged', { readaheadPages: -1, bugs })) === 'ok');
    },
  },
  {
    id: 'C12',
    claim: 'filemap_update_page and readahead need the lock while they map blocks',
    status: '✓',
    shown: 'the same switch there exposes stale data',
    program: () => holds(verdict(subPageRead, { bugs: { lockOnlyAroundAdd: true } }) === 'fail'),
  },
  {
    id: 'C13',
    claim: 'readpage, readahead: invalidate_lock shared; invalidatepage: exclusive',
    status: '~',
    shown: 'the reads hold it, and truncate removes pages under it; reclaim removes them with the folio lock alone',
    program: () => {
      const reads = [
        ...readsUnderLock((a) => pread(a, 0, 4)),
        ...readsUnderLock((a) => fadviseWillneed(a, 0, 4)),
        ...readsUnderLock((a) => userLoad(premap(new Mm(a.sb.engine, 'mm'), a, { pages: 1 }), 0)),
      ];
      const cached = { before: ({ fs, a }: Stage) => fs.cache(a, 0) };
      const truncates = lockTrace({ fs: 'ext4', ...cached }, ({ fs, a }) => ftruncate(fs, a, 0));
      const reclaims = lockTrace({ fs: 'ext4', ...cached }, ({ a }) => shrinkFolio(a.mapping, 0));
      const removesUnder = /inv ·(?!.*-inv.*xa_lock).*xa_lock/.test(truncates);
      const removesWithout = reclaims.includes('xa_lock') && !reclaims.includes('inv');
      return partly(reads.length === 3 && reads.every(Boolean) && removesUnder, removesWithout);
    },
  },
  {
    id: 'C14',
    claim: 'fallocate must hold it from eviction until the block map is updated',
    status: '✓',
    shown: 'dropping it in between exposes stale data',
    program: () =>
      holds(
        verdict(punchAndRead(DropsLockBetween, 'merged')) === 'fail' &&
          verdict(punchAndRead(plainPunch, 'merged')) === 'ok',
      ),
  },
  {
    id: 'C15',
    claim: '->fault takes invalidate_lock, then checks for truncation',
    status: '~',
    shown: 'always in the seed patch; as merged, only where the page is absent or not uptodate',
    program: () => {
      const before = {
        before: ({ fs, a }: { fs: { cache(inode: Inode, index: number): void }; a: Inode }) => fs.cache(a, 0),
      };
      const trace = (profile: Profile) => lockTrace({ fs: 'ext4', profile, ...before }, ({ vma }) => userLoad(vma, 0));
      return partly(trace('seed').includes('inv(s)'), !trace('merged').includes('inv'));
    },
  },
  {
    id: 'C16',
    claim: 'page_mkwrite should take it, to keep out remapping',
    status: '✓',
    shown: 'dedupe against a store through a mapping: proved with it, a lost store without it',
    program: () =>
      holds(
        verdict(dedupeVersusStore, { fs: 'xfs' }) === 'ok' &&
          verdict(dedupeVersusStore, { fs: 'xfs', bugs: { 'remap.lockOutMkwrite': false } }) === 'fail',
      ),
  },
  {
    id: 'C17',
    claim: 'taking it in every fault is acceptable',
    status: '✗',
    shown: 'changed before the merge: a minor fault takes no lock of the mapping',
    program: () =>
      holds(
        lockTrace({ fs: 'ext4', before: ({ fs, a }) => fs.cache(a, 0) }, ({ vma }) => userLoad(vma, 0)).includes('inv'),
      ),
  },
  {
    id: 'C18',
    claim: 'the lock class is per file-system type',
    status: '✓',
    shown: 'two files of one type share it, two types do not',
    program: () => {
      const validator = new Validator();
      const machine = new PlainMachine();
      const engine = new Engine({ machine, validator });
      const [ext4, xfs] = [new Ext4Like(engine), new XfsLike(engine)];
      const keyOf = (inode: Inode) => inode.mapping.invalidateLock.instance!.key;
      const [a, b, c] = [ext4.create('A'), ext4.create('B'), xfs.create('C')];
      return holds(keyOf(a) === keyOf(b) && keyOf(a) !== keyOf(c));
    },
  },
  {
    id: 'C19',
    claim: 'i_mapping_rwsem in a comment of truncate.c is a typo',
    status: '✓',
    shown: 'about words, not operations: what truncate asserts here is a class that exists, mapping.invalidate_lock',
    program: () => {
      const reports = reportsOf((engine) => {
        const fs = new ForgetsLock(engine);
        const a = fs.create('A', dataTags('A', 'w0', 0, 4));
        return () => punchHole(fs, a, 0, 4);
      });
      const text = JSON.stringify(reports);
      return holds(text.includes('mapping.invalidate_lock') && !text.includes('i_mapping_rwsem'));
    },
  },
  {
    id: 'C20',
    claim: 'it could be an assertion instead of a comment',
    status: '~',
    shown: 'a file system that forgets the lock is reported; one that is not converted has to be exempt',
    program: () => {
      const forgetful = (exempt: boolean) =>
        reportsOf((engine) => {
          const fs = new ForgetsLock(engine);
          Object.assign(fs, { converted: !exempt });
          const a = fs.create('A', dataTags('A', 'w0', 0, 4));
          return () => punchHole(fs, a, 0, 4);
        }).some((report) => report.kind === 'assertion');
      return partly(forgetful(false), !forgetful(true));
    },
  },
  {
    id: 'C21',
    claim: 'the class is initialised with a name',
    status: '✓',
    shown: 'mapping.invalidate_lock',
    program: () => holds(new FileSystemType('x').classes.invalidateLock.name === 'mapping.invalidate_lock'),
  },
  {
    id: 'C22',
    claim: 'no order across super blocks is needed: each lock type is local to one',
    status: '✓',
    shown: 'copying between two of a type never holds locks of both',
    program: () => holds(!mixesSuperBlocks()),
  },
  {
    id: 'C23',
    claim: 'pairs of i_rwsem and of invalidate_lock are ordered alike',
    status: '✓',
    shown: 'both by address as merged',
    program: () => {
      const [i1, i2, m1, m2] = pairTrace('merged');
      return holds(
        i1 === 'i_rwsem(B)' && i2 === 'i_rwsem(A)' && m1 === 'invalidate_lock(B)' && m2 === 'invalidate_lock(A)',
      );
    },
  },
  {
    id: 'C24',
    claim: 'the XFS MMAPLOCK is ordered by inode number, and not converted in the series',
    status: '✓',
    shown: 'before and in the seed the mapping pair goes by number while i_rwsem goes by address',
    program: () => {
      const [i1, , m1] = pairTrace('before');
      const [, , s1] = pairTrace('seed');
      return holds(i1 === 'i_rwsem(B)' && m1 === 'MMAPLOCK(A)' && s1 === 'invalidate_lock(A)');
    },
  },
  {
    id: 'C25',
    claim: 'order by address can flip for the same pair after recycling',
    status: '✓',
    shown: 'it does, as a note; no deadlock',
    program: () => {
      const reports = recycle({});
      return holds(reports.length > 0 && reports.every(({ level }) => level === 'note'));
    },
  },
  {
    id: 'C26',
    claim: 'inode cluster buffer operations assume ascending inode numbers',
    status: '✓',
    shown: 'ILOCKs are taken by number whatever the addresses are',
    program: () => holds(pairTrace('merged').slice(4, 6).join() === 'ILOCK(A),ILOCK(B)'),
  },
  {
    id: 'C27',
    claim: 'those are protected by ILOCK, so ILOCK is what must stay by number',
    status: '✓',
    shown: 'i_rwsem and invalidate_lock flip with the addresses, ILOCK does not, and nothing deadlocks',
    program: () => holds(pairTrace('merged')[0] === 'i_rwsem(B)' && pairTrace('merged')[4] === 'ILOCK(A)'),
  },
  {
    id: 'C28',
    claim: 'nothing locks two mappings across super blocks',
    status: '✓',
    shown: 'the same program',
    program: () => holds(!mixesSuperBlocks()),
  },
  {
    id: 'C29',
    claim: 'splice reads one file, then writes the other: file locks are not coupled',
    status: '✓',
    shown: 'a read and a write one after the other, nothing held in between',
    program: () => {
      const trace = lockTrace(load, function* ({ a, b }) {
        yield* pread(a, 0, 4);
        yield* pwrite(b, 0, 4, 'w1');
      });
      return holds(trace.includes('-inv · sb_writers(s)'));
    },
  },
  {
    id: 'C30',
    claim: 'different orders in different classes are harmless if each class is taken before the next',
    status: '✓',
    shown: 'class by class: proved; both locks of one inode first: deadlock',
    program: () =>
      holds(
        verdict(interleavedPair, { fs: 'xfs' }) === 'ok' &&
          verdict(interleavedPair, { fs: 'xfs', bugs: { 'lockTwo.interleaved': true } }) === 'deadlock',
      ),
  },
  {
    id: 'C31',
    claim: 'reading into a mapping of another file could deadlock if the lock were held over the copy',
    status: '✓',
    shown: 'with the lock kept: deadlock',
    program: () =>
      holds(deadlocks(readIntoMapping, { profile: 'seed', bugs: { 'read.invalidateLockOverCopy': true } })),
  },
  {
    id: 'C32',
    claim: 'reads drop the lock before copying',
    status: '✓',
    shown: 'the fault of the copy takes mmap_lock with nothing held',
    program: () => {
      const trace = lockTrace({ fs: 'ext4', before: ({ fs, b }) => fs.cache(b, 0) }, ({ engine, a, b }) =>
        pread(a, 0, 1, { to: new MappedBuffer(premap(new Mm(engine, 'mm2'), b, { pages: 1 })) }),
      );
      return holds(/-inv · mmap_lock\(s\)/.test(trace));
    },
  },
  {
    id: 'C33',
    claim: 'a reader may copy from a page that is being truncated',
    status: '✓',
    shown: 'its reference keeps the old bytes: never those of another file; without one, those of a freed page',
    program: () =>
      holds(
        verdict(punchVersusRead) === 'ok' &&
          verdict(truncateAndRead({})) === 'ok' &&
          sampledKinds(truncateAndRead({ 'read.putsBeforeCopy': true })).has('use-after-free'),
      ),
  },
  {
    id: 'C34',
    claim: 'the assertions can be switched on once all file systems are converted',
    status: 'open',
    shown: 'converted ones pass them; one that is not would be reported, so it is exempt and listed',
    program: () => {
      const run = (converted: boolean, Kind: new (engine: Engine) => Ext4Like) => {
        let listed: readonly string[] = [];
        const reports = reportsOf((engine) => {
          const fs = new Kind(engine);
          Object.assign(fs, { converted });
          const a = fs.create('A', dataTags('A', 'w0', 0, 4));
          return function* () {
            yield* punchHole(fs, a, 0, 4);
            listed = [...engine.unconverted];
          };
        });
        return { reported: reports.some((report) => report.kind === 'assertion'), listed };
      };
      const [converted, exempt, asserted] = [run(true, Ext4Like), run(false, ForgetsLock), run(true, ForgetsLock)];
      return undecided(
        !converted.reported &&
          converted.listed.length === 0 &&
          !exempt.reported &&
          exempt.listed.length === 1 &&
          asserted.reported,
      );
    },
  },
  {
    id: 'C35',
    claim: 'a NOWAIT read only tries the lock',
    status: '~',
    shown: 'where it fills a cached page; readahead sleeps',
    program: () => {
      const tries = { 'readahead.nowaitTrylock': true };
      return partly(verdict(nowaitRead, { bugs: tries }) === 'ok', verdict(nowaitRead) === 'fail');
    },
  },
  {
    id: 'C36',
    claim: 'writes are serialised by i_rwsem',
    status: '✓',
    shown: 'the write path takes no invalidate_lock',
    program: () => {
      const trace = lockTrace(load, ({ a }) => pwrite(a, 8, 4, 'w1'));
      return holds(trace.includes('i_rwsem ·') && !trace.includes('inv'));
    },
  },
  {
    id: 'C37',
    claim: 'do_read_cache_page expects the lock to be held',
    status: '✓',
    shown: 'dedupe calls it with the lock exclusively held; without, the assertion reports',
    program: () => {
      const run = (locked: boolean) =>
        reportsOf((engine) => {
          const fs = new XfsLike(engine);
          const a = fs.create('A', dataTags('A', 'w0', 0, 4));
          const b = fs.create('B', dataTags('B', 'w0', 0, 4));
          return () => (locked ? remap(fs, a, b, 'dedupe') : readCachePage(a.mapping, 0));
        }).some((report) => report.kind === 'assertion');
      return holds(!run(true) && run(false));
    },
  },
  {
    id: 'C38',
    claim: 'the lock has two uses: no stale pages come in, and no mapping changes blocks that are being changed',
    status: '✓',
    shown:
      'each can be lost alone: without it in reads stale bytes, without it in page_mkwrite a lost store, and never the other',
    program: () => {
      const reads = { bugs: { 'fs.readsTakeInvalidateLock': false } };
      const stores = { fs: 'xfs', bugs: { 'remap.lockOutMkwrite': false } } as const;
      return holds(
        verdict(punchVersusRead, reads) === 'fail' &&
          verdict(dedupeVersusStore, { fs: 'xfs', ...reads }) === 'ok' &&
          verdict(dedupeVersusStore, stores) === 'fail' &&
          verdict(punchVersusRead, stores) === 'ok',
      );
    },
  },
  {
    id: 'C39',
    claim: 'dedupe has to populate the page cache while faults are locked out',
    status: '✓',
    shown: 'its compare fills folios and takes no invalidate_lock: none but the pair is taken',
    program: () => {
      const trace = lockTrace({ fs: 'xfs' }, ({ fs, a, b }) => remap(fs, a, b, 'dedupe'));
      return holds(
        trace.includes('?folio · xa_lock') &&
          trace.split(' · ').filter((token) => token.startsWith('inv')).length === 2,
      );
    },
  },
  {
    id: 'C40',
    claim: 'the page lock and the second look at i_size remain needed',
    status: '✓',
    shown: 'without the look, a page past the end stays mapped',
    program: () =>
      holds(verdict(truncateVersusFault, { fs: 'ext2', bugs: { 'fault.isizeRecheck': false } }) === 'fail'),
  },
];

/** The table of the README. */
export function claimsTable(): string {
  const rows = claims.map(({ id, claim, status, shown }) => `| ${id} | ${claim} | ${status} | ${shown} |`);
  return ['| | claim | | what the program shows |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
