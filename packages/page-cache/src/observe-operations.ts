/**
 * Tells an observer of each call of an operation of a file system, from outside: the methods of the one object are wrapped when it is
 * made, so that neither the engine nor file systems know of it. Calls of `super` are parts of a call, and not told.
 *
 * Takes no step, so schedules are the same with and without. Cost: none without an observer.
 */
import type { AddressSpace } from './address-space.ts';
import type { FileSystem } from './file-system.ts';
import { Folio } from './folio.ts';
import type { Inode } from './inode.ts';
import type { Kiocb } from './kiocb.ts';
import type { Act, Proc } from './machine.ts';
import type { SuperBlock } from './super-block.ts';
import type { VmFault } from './vm-fault.ts';
import type { Vma } from './vma.ts';

/** What an operation is called on: whose locks are of interest. */
export interface OperationSubject {
  /** Of several, each has to be locked alike. */
  readonly inodes: readonly Inode[];
  readonly folios: readonly Folio[];
  /** The mapping of a fault, and its process. */
  readonly vma: Vma | null;
  /** Of an operation on the whole file system, or on an inode that nobody uses. */
  readonly sb: SuperBlock | null;
}

/** Told of calls, in the task that makes them. */
export interface OperationObserver {
  /** A call begins; what is answered is called when it ends. */
  enter(operation: string, subject: OperationSubject): (result: unknown) => void;
}

type SubjectOf = (this: FileSystem, ...args: readonly never[]) => OperationSubject;

const NOTHING: OperationSubject = { inodes: [], folios: [], vma: null, sb: null };
const ofInode = (inode: Inode): OperationSubject => ({ ...NOTHING, inodes: [inode] });
const ofFolio = (folio: Folio): OperationSubject => ({ ...NOTHING, inodes: [folio.inode], folios: [folio] });
const ofKiocb = ({ inode }: Kiocb): OperationSubject => ofInode(inode);
const ofFault = ({ vma }: VmFault): OperationSubject => ofVma(vma);
const ofVma = (vma: Vma): OperationSubject => ({ ...NOTHING, inodes: [vma.inode], vma });
function ofMounted(this: FileSystem): OperationSubject {
  return { ...NOTHING, sb: this.sb };
}

/** Methods of file systems, the kernel's names of the operations, and what each is called on. A file system need not have them all. */
const METHODS: Readonly<Record<string, readonly [operation: string, subject: SubjectOf]>> = {
  readFolio: ['read_folio', ofFolio],
  readahead: ['readahead', ({ host }: AddressSpace, folios: readonly Folio[]) => ({ ...ofInode(host), folios })],
  writeBegin: ['write_begin', ofInode],
  writeEnd: ['write_end', (_inode: Inode, folio: Folio) => ofFolio(folio)],
  writepages: ['writepages', ofInode],
  releaseFolio: ['release_folio', ofFolio],
  migrateFolio: ['migrate_folio', (_inode: Inode, folio: Folio) => ofFolio(folio)],
  launderFolio: ['launder_folio', ofFolio],
  fault: ['fault', ofFault],
  mapPages: ['map_pages', ofFault],
  pageMkwrite: ['page_mkwrite', (vma: Vma, folio: Folio) => ({ ...ofVma(vma), folios: [folio] })],
  fsync: ['fsync', ofInode],
  readIter: ['read_iter', ofKiocb],
  writeIter: ['write_iter', ofKiocb],
  punchHole: ['fallocate', ofInode],
  zeroRange: ['fallocate', ofInode],
  collapseRange: ['fallocate', ofInode],
  insertRange: ['fallocate', ofInode],
  setSize: ['do_truncate', ofInode],
  setattr: ['setattr', ofInode],
  syncFs: ['sync_fs', ofMounted],
  freezeFs: ['freeze_fs', ofMounted],
  putSuper: ['put_super', ofMounted],
};

/** Wraps the operations of a file system. */
export function observeOperations(fs: FileSystem, observer: OperationObserver): void {
  for (const [method, [operation, subject]] of Object.entries(METHODS)) {
    const original: unknown = Reflect.get(fs, method);
    if (typeof original !== 'function') continue;
    const wrapped = function* (this: FileSystem, ...args: never[]): Proc<unknown> {
      const exit = observer.enter(operation, subject.apply(this, args));
      const result = yield* original.apply(this, args) as Act<unknown>;
      exit(result);
      return result;
    };
    Object.defineProperty(fs, method, { value: wrapped });
  }
}

/** Tells of an operation that is no method here, and over in the same step. */
export function noteOperation(operation: string, on: Folio | Vma): void {
  const inode = on.inode;
  inode.sb.engine.observer?.enter(operation, on instanceof Folio ? ofFolio(on) : ofVma(on))(undefined);
}

/** Runs what is no method here as a call of an operation on inodes of one file system. */
export function* asOperation<T>(operation: string, inodes: readonly Inode[], body: () => Act<T>): Proc<T> {
  const { sb } = inodes[0]!;
  const exit = sb.engine.observer?.enter(operation, { ...NOTHING, inodes: [...new Set(inodes)], sb });
  const result = yield* body();
  exit?.(result);
  return result;
}

/** The folios that an operation which answered this has to do with at its end; null when it failed. */
export function foliosAtEnd(subject: OperationSubject, result: unknown): readonly Folio[] | null {
  if (result instanceof Folio) return [result];
  if (typeof result === 'string') return result === 'LOCKED' ? subject.folios : null;
  if (typeof result !== 'object' || result === null || !('code' in result)) return subject.folios;
  return 'folio' in result && result.folio instanceof Folio ? [result.folio] : null;
}
