/**
 * The programs that documents are made from: every operation by itself, operations at random beside each other, and the scenarios. The
 * same for the same file system and profile.
 */
import { Validator } from '@lockdep/core';
import {
  dataTags,
  Engine,
  fork,
  type Inode,
  invalidateInodePages2Range,
  Mm,
  migratePages,
  mmap,
  munmap,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  shrinkFolio,
  unmapPage,
  userLoad,
  userStore,
  type Vma,
  vfsLink,
  vfsRename,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { evictInode } from '../evict-inode.ts';
import { fileSystemKinds } from '../file-system-kinds.ts';
import type { FileSystemName } from '../scenarios/scenario.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { fadviseDontneed, fadviseWillneed } from '../syscalls/fadvise.ts';
import { fallocate } from '../syscalls/fallocate.ts';
import { freeze, thaw } from '../syscalls/freeze.ts';
import { fsync } from '../syscalls/fsync.ts';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { pread } from '../syscalls/pread.ts';
import { preallocate } from '../syscalls/preallocate.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { remap } from '../syscalls/remap.ts';
import { setFlags } from '../syscalls/set-flags.ts';
import { umount } from '../syscalls/umount.ts';
import { LockRecorder, type ObservedOperation } from './lock-recorder.ts';

/** What programs work on: two files of two pages on disk, the first one mapped. */
interface Stage {
  readonly fs: BlockFileSystem;
  readonly a: Inode;
  readonly b: Inode;
  /** Directories. */
  readonly d: Inode;
  readonly e: Inode;
  readonly vma: Vma;
}

const WHOLE = 8;

/** One line an operation. */
const OPERATIONS: Readonly<Record<string, (stage: Stage) => Proc<unknown>>> = {
  read: ({ a }) => pread(a, 0, WHOLE),
  'read of a part': ({ a }) => pread(a, 5, 2),
  write: ({ a }) => pwrite(a, 0, WHOLE, 'w1'),
  'write of a part': ({ a }) => pwrite(a, 5, 2, 'w2'),
  'write past the end': ({ a }) => pwrite(a, 9, 2, 'w3'),
  'direct read': ({ a }) => pread(a, 0, WHOLE, { direct: true }),
  'direct write': ({ a }) => pwrite(a, 4, 4, 'w4', undefined, { direct: true }),
  load: ({ vma }) => userLoad(vma, 1),
  store: ({ vma }) => userStore(vma, 6, dataTags('A', 'm1', 6, 1)[0]!),
  'map, store, unmap': ({ vma, a }) => mapped(vma.mm, a),
  fsync: ({ a }) => fsync(a),
  willneed: ({ a }) => fadviseWillneed(a, 0, WHOLE),
  dontneed: ({ a }) => fadviseDontneed(a, 0, WHOLE),
  punch: ({ fs, a }) => punchHole(fs, a, 0, 4),
  'punch of a part': ({ fs, a }) => punchHole(fs, a, 2, 4),
  preallocate: ({ fs, a }) => preallocate(fs, a, 0, WHOLE),
  'zero range': ({ fs, a }) => fallocate(fs, a, 'zero-range', 0, 4),
  'collapse range': ({ fs, a }) => fallocate(fs, a, 'collapse-range', 0, 4),
  'insert range': ({ fs, a }) => fallocate(fs, a, 'insert-range', 0, 4),
  truncate: ({ fs, a }) => ftruncate(fs, a, 3),
  'truncate to grow': ({ fs, a }) => ftruncate(fs, a, 10),
  reclaim: ({ a }) => reclaim(a),
  migrate: ({ a }) => migratePages(a.mapping, 0, 1),
  invalidate: ({ a }) => invalidateInodePages2Range(a.mapping, 0, 1),
  clone: ({ fs, a, b }) => remapped(fs, b, a, 'clone'),
  dedupe: ({ fs, a, b }) => remapped(fs, b, a, 'dedupe'),
  'set flags': ({ fs, a }) => setFlags(fs, a),
  rename: ({ fs, a, b, d, e }) => named(fs, () => vfsRename(d, e, a, b, () => inJournal(fs))),
  'rename within a directory': ({ fs, a, b, d }) => named(fs, () => vfsRename(d, d, b, a, () => inJournal(fs))),
  link: ({ fs, a, e }) => named(fs, () => vfsLink(e, a, () => inJournal(fs))),
  'fork, unmap in the child': ({ vma }) => forked(vma.mm),
  'freeze, thaw': ({ fs }) => frozen(fs),
};

function* mapped(mm: Mm, file: Inode): Proc {
  const vma = yield* mmap(mm, file, { pages: 2 });
  yield* userStore(vma, 0, dataTags('A', 'm2', 0, 1)[0]!);
  yield* munmap(vma);
}

function* forked(mm: Mm): Proc {
  const child = yield* fork(mm, 'child');
  for (const vma of [...child.vmas]) yield* munmap(vma);
}

function* frozen(fs: BlockFileSystem): Proc {
  if ((yield* freeze(fs)) === null) yield* thaw(fs);
}

/** Names are not modelled: a change of them is its locks, and a transaction. */
function* named(fs: BlockFileSystem, change: () => Proc): Proc {
  yield* fs.sb.writers.acquireRead();
  yield* change();
  yield* fs.sb.writers.releaseRead();
}

const inJournal = (fs: BlockFileSystem): Proc => fs.inTransaction(function* () {});

function* reclaim(file: Inode): Proc {
  for (let index = 0; index < 2; index++) {
    yield* unmapPage(file.mapping, index);
    yield* shrinkFolio(file.mapping, index);
  }
}

/** Only xfs has it. */
function* remapped(fs: BlockFileSystem, source: Inode, target: Inode, caller: 'clone' | 'dedupe'): Proc {
  if (fs instanceof fileSystemKinds.xfs) yield* remap(fs, source, target, caller);
}

/** What documents are made for, and from how much. */
export interface DocumentationRuns {
  readonly fs: FileSystemName;
  readonly profile: Profile;
  /** Schedules tried for random programs and for each scenario. Default 12. */
  readonly seeds?: number;
  /** The file system, where it is none of those by name. */
  readonly Kind?: new (
    engine: Engine,
  ) => BlockFileSystem;
  /** Whether anybody watches; without, only schedules are made. Default true. */
  readonly observed?: boolean;
}

/** What the runs showed. */
export interface DocumentedRuns {
  readonly operations: readonly ObservedOperation[];
  /** Each run in a validator of its own; its name. */
  readonly validators: readonly { readonly run: string; readonly validator: Validator }[];
  /** Steps taken in each run, in order: of equal schedules they are equal. */
  readonly steps: readonly number[];
}

/** Runs all programs for one file system in one profile. Deterministic. */
export function runDocumentation({
  fs,
  profile,
  seeds = 12,
  Kind = fileSystemKinds[fs],
  observed = true,
}: DocumentationRuns): DocumentedRuns {
  const recorder = new LockRecorder();
  const validators: { run: string; validator: Validator }[] = [];
  const steps: number[] = [];
  type Build = (machine: PlainMachine, options: Watched) => Readonly<Record<string, () => Proc<unknown>>>;
  const run = (program: string, seed: number | null, build: Build): void => {
    const validator = new Validator({ sites: false });
    const machine = new PlainMachine(seed === null ? { validator } : { validator, seed });
    const observer = observed ? recorder.observe(machine, validator, program, seed) : null;
    for (const [name, code] of Object.entries(build(machine, { validator, observer }))) machine.spawn(name, code);
    steps.push(machine.run(MOST_STEPS).steps);
    validators.push({ run: seed === null ? program : `${program}, seed ${seed}`, validator });
  };
  const stage = (machine: PlainMachine, options: Watched, faultAround: boolean, blockSize: number): Stage => {
    const geometry = { blockSize, filePages: 3, diskBlocks: 64 };
    const engine = new Engine({
      machine,
      profile,
      geometry,
      faultAround,
      readaheadPages: 1,
      freezes: true,
      ...options,
    });
    const mounted = new Kind(engine);
    const a = mounted.create('A', dataTags('A', 'w0', 0, WHOLE));
    const b = mounted.create('B', dataTags('B', 'w0', 0, WHOLE));
    const [d, e] = ['D', 'E'].map((name) => mounted.mkdir(name)) as [Inode, Inode];
    return { fs: mounted, a, b, d, e, vma: premap(new Mm(engine, 'mm'), a, { pages: 2, advice: 'sequential' }) };
  };
  const names = Object.keys(OPERATIONS);
  for (const first of names) {
    run(first, null, (machine, options) => ({ task: () => OPERATIONS[first]!(stage(machine, options, true, 2)) }));
    run(`sequence from ${first}`, null, (machine, options) => {
      const made = stage(machine, options, true, 2);
      return {
        *task() {
          yield* OPERATIONS[first]!(made);
          for (const name of names) yield* OPERATIONS[name]!(made);
          yield* pread(made.b, 0, WHOLE);
          yield* evictInode(made.fs, made.b, 'unlinked');
          yield* munmap(made.vma);
          yield* umount(made.fs);
        },
      };
    });
  }
  for (let seed = 1; seed <= seeds; seed++) {
    run('operations beside each other', seed, (machine, options) => {
      const made = stage(machine, options, seed % 2 === 0, seed % 3 === 0 ? 4 : 2);
      return Object.fromEntries(
        [0, 1, 2].map((task) => [
          `t${task}`,
          function* () {
            for (let i = 0; i < 6; i++) yield* OPERATIONS[names[(seed * 7 + task * 5 + i * 11) % names.length]!]!(made);
          },
        ]),
      );
    });
  }
  if (Kind !== fileSystemKinds[fs]) return { operations: recorder.operations(), validators, steps };
  for (const scenario of scenarios) {
    const fits = scenario.cells.some((cell) => cell.fs === fs && cell.profile === profile && cell.bugs === undefined);
    if (!fits) continue;
    for (let seed = 1; seed <= Math.min(seeds, 3); seed++) {
      run(
        scenario.title,
        seed,
        (machine, options) => scenario.build(machine, { fs, profile, patience: 4, ...options }).tasks,
      );
    }
  }
  return { operations: recorder.operations(), validators, steps };
}

interface Watched {
  readonly validator: Validator;
  readonly observer: ReturnType<LockRecorder['observe']> | null;
}

/** Some programs wait for each other for ever in some code states, looking again and again. */
const MOST_STEPS = 20_000;
