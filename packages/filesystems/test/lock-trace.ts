/** The locks that one operation takes, in order, in the notation of the specification: `inv(s)`, `-inv`, `?folio`. */
import { MODE_MASK, TRYLOCK, Validator, WRITE } from '@lockdep/core';
import {
  dataTags,
  Engine,
  type Inode,
  Mm,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  type Vma,
} from '@lockdep/page-cache';
import { type BlockFileSystem, CephLike, Ext2Like, Ext4Like, type FileSystemName, XfsLike } from '../src/index.ts';

const SHORT: Readonly<Record<string, string>> = {
  invalidate_lock: 'inv',
  jbd2_handle: 'transaction',
  sb_internal: 'transaction',
};

export interface Stage {
  readonly engine: Engine;
  readonly fs: BlockFileSystem;
  /** Two pages on disk, not cached. */
  readonly a: Inode;
  readonly b: Inode;
  /** A mapping of the whole of A. */
  readonly vma: Vma;
}

export interface TraceOptions {
  readonly fs: FileSystemName;
  /** Another file system than the one named. */
  readonly Kind?: new (
    engine: Engine,
  ) => BlockFileSystem;
  readonly profile?: Profile;
  readonly blockSize?: number;
  readonly faultAround?: boolean;
  /** Somebody freezes. Default false. */
  readonly freezes?: boolean;
  /** -1: reads find no folio, and make their own. Default 0. */
  readonly readaheadPages?: number;
  /** Interleave with the I/O at random; without it, I/O ends before anybody looks. */
  readonly seed?: number;
  /** Show what allocations may wait for (`fs_reclaim`); left out otherwise. */
  readonly allocations?: boolean;
  /** What its I/O takes is recorded too. */
  readonly withIo?: boolean;
  /** What happens before, unrecorded. */
  readonly before?: (stage: Stage) => void;
  /** Another task that runs first, as far as it gets. */
  readonly beside?: (stage: Stage) => Proc<unknown>;
}

/** Runs `operation` alone in a task and answers its lock events; those of interrupt handlers are not its own. */
export function lockTrace(options: TraceOptions, operation: (stage: Stage) => Proc<unknown>): string {
  const validator = new Validator({ sites: false });
  const { seed } = options;
  const machine = new PlainMachine(seed === undefined ? { validator } : { validator, seed });
  const { fs: name, profile = 'merged', blockSize = 4, faultAround = false, readaheadPages = 0, freezes } = options;
  const engine = new Engine({
    machine,
    validator,
    profile,
    faultAround,
    readaheadPages,
    ...(freezes === undefined ? {} : { freezes }),
    geometry: { filePages: 3, diskBlocks: 16, blockSize },
  });
  const { Kind = { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike, ceph: CephLike }[name] } = options;
  const fs = new Kind(engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, 8));
  const b = fs.create('B', dataTags('B', 'w0', 0, 8));
  const stage: Stage = { engine, fs, a, b, vma: premap(new Mm(engine, 'mm'), a, { pages: 2 }) };
  options.before?.(stage);
  if (options.beside !== undefined) machine.spawn('beside', () => options.beside!(stage));
  if (options.beside !== undefined) machine.run();
  const tokens: string[] = [];
  validator.attach((type, task, lock, how) => {
    const isIo = options.withIo === true && task.name.startsWith('io ');
    if ((task.name !== 'op' && !isIo) || lock === null) return;
    const label = lock.label.replace(/\(.*$/, '');
    const short = SHORT[label] ?? label;
    if (short === 'fs_reclaim' && options.allocations !== true) return;
    if (type === 'release') tokens.push(`-${short}`);
    else if (type === 'downgrade') tokens.push(`${short}↓`);
    else if (type === 'transfer') tokens.push(`${short} to io`);
    else if (type === 'acquire')
      tokens.push(`${(how & TRYLOCK) !== 0 ? '?' : ''}${short}${(how & MODE_MASK) === WRITE ? '' : '(s)'}`);
  });
  machine.spawn('op', () => operation(stage));
  machine.run();
  if (validator.reports.length > 0) tokens.push(...validator.reports.map(({ message }) => `!! ${message}`));
  return tokens.length === 0 ? '∅' : tokens.join(' · ');
}
