/** The address space of a process: `mmap_lock`, and the pte lock (one per process in this model). */
import { RwSemaphore } from '@lockdep/locks';
import { AnnotatedLock } from './annotated-lock.ts';
import type { Engine } from './engine.ts';
import { mmClasses } from './lock-classes.ts';
import type { Vma } from './vma.ts';

/**
 * The memory of one process: its mappings and the locks over them. Source: `include/linux/mm_types.h: struct mm_struct`.
 */
export class Mm {
  readonly engine: Engine;
  readonly name: string;
  readonly mmapLock: RwSemaphore;
  readonly pteLock: AnnotatedLock;
  /** Under `mmap_lock`. */
  readonly vmas: Vma[] = [];
  /** Those whose own locks are held with `mmap_lock`. */
  readonly writeLocked: Vma[] = [];

  constructor(engine: Engine, name: string) {
    const { machine, validator } = engine;
    this.engine = engine;
    this.name = name;
    this.mmapLock = new RwSemaphore({ key: mmClasses.mmapLock, label: `mmap_lock(${name})`, validator });
    this.pteLock = new AnnotatedLock(machine, validator, mmClasses.pteLock, `pte_lock(${name})`);
  }
}
