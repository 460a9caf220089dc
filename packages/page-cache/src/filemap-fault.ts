/**
 * `filemap_fault`: brings the folio of a fault into the cache, uptodate, and answers it locked, with a reference.
 *
 * Called with mmap_lock, or the lock of the mapping, shared. The seed patch takes invalidate_lock in every fault; as merged, only a fault that has to add or to fill a
 * folio takes it: one on a cached, uptodate folio is kept out by the folio lock, under which eviction unmaps.
 */
import type { AddressSpace } from './address-space.ts';
import { allocPages } from './alloc-pages.ts';
import { filemapReadPage } from './filemap-get-pages.ts';
import { Folio } from './folio.ts';
import { withFs } from './gfp.ts';
import { filemapInvalidateLockShared, filemapInvalidateUnlockShared } from './invalidate-lock.ts';
import { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import { forcePageCacheRa } from './readahead.ts';
import { type FaultResult, RETRY, SIGBUS, type VmFault } from './vm-fault.ts';

/**
 * The folio of a fault, locked, uptodate and with a reference; or `RETRY` (the lock was dropped), or `SIGBUS` (past the end, or the read
 * failed).
 *
 * Duty of the caller: the lock of the fault held shared. Source: `mm/filemap.c: filemap_fault`.
 */
export function* filemapFault(vmf: VmFault): Proc<FaultResult> {
  const fault = new FilemapFault(vmf);
  const result = yield* fault.run();
  yield* fault.unlockMapping();
  return result;
}

class FilemapFault {
  readonly #vmf: VmFault;
  readonly #mapping: AddressSpace;
  /** invalidate_lock is held. */
  #locked = false;

  constructor(vmf: VmFault) {
    this.#vmf = vmf;
    this.#mapping = vmf.vma.mapping;
  }

  *run(): Proc<FaultResult> {
    if (yield* this.#isBeyondEnd()) return SIGBUS;
    let folio = yield* this.#mapping.lookup(this.#vmf.index);
    if (folio === null) yield* this.#readahead();
    const { faultLock } = this.#mapping.sb.engine.rules;
    if (faultLock === 'always') yield* this.#lockMapping();
    else if (faultLock === 'absent' && (folio === null || !(yield* this.#isUptodate(folio))))
      yield* this.#lockMapping();
    for (;;) {
      folio ??= yield* this.#find();
      // No memory (`VM_FAULT_OOM`): the program is killed, unless it has to come again anyway.
      if (folio === null) return this.#vmf.dropped ? RETRY : SIGBUS;
      const result = yield* this.#take(folio);
      if (result !== null) return result;
      folio = null;
    }
  }

  *unlockMapping(): Proc {
    if (!this.#locked) return;
    this.#locked = false;
    yield* filemapInvalidateUnlockShared(this.#mapping);
  }

  /** One attempt with a folio that was found, whose reference is the answer's or put: null means look again. */
  *#take(folio: Folio): Proc<FaultResult | null> {
    const vmf = this.#vmf;
    if (!(yield* folio.lock.tryAcquire())) {
      yield* vmf.dropLock();
      yield* folio.lock.acquire();
    }
    if (folio.mapping !== this.#mapping) {
      yield* folio.unlockAndPut();
      return null;
    }
    if (!(yield* this.#isUptodate(folio))) return yield* this.#fill(folio);
    if (vmf.dropped) {
      yield* folio.unlockAndPut();
      return RETRY;
    }
    const { bugs, faultLock } = this.#mapping.sb.engine.rules;
    if (faultLock === 'absent') yield* this.unlockMapping();
    // i_size again, under the folio lock: what makes truncate safe, and has no counterpart for punch.
    if (bugs['fault.isizeRecheck'] !== false && (yield* this.#isBeyondEnd())) {
      yield* folio.unlockAndPut();
      return SIGBUS;
    }
    yield* this.unlockMapping();
    return { code: 'LOCKED', folio };
  }

  /** The folio is there, locked, and not uptodate. */
  *#fill(folio: Folio): Proc<FaultResult | null> {
    const vmf = this.#vmf;
    const { faultLock, dropAfterAdd } = this.#mapping.sb.engine.rules;
    if (faultLock === 'absent' && !this.#locked && dropAfterAdd !== 'all') {
      // It was uptodate, or not looked at, when invalidate_lock was passed by: start over with the lock.
      yield* folio.unlockAndPut();
      yield* this.#lockMapping();
      return null;
    }
    yield* vmf.dropLock();
    const error = yield* filemapReadPage(this.#mapping, folio, folio.start, folio.data.length);
    yield* folio.put();
    if (vmf.dropped) return RETRY;
    return error === null || error === 'AOP_TRUNCATED_PAGE' ? null : SIGBUS;
  }

  /** `FGP_CREAT | FGP_FOR_MMAP`: a new folio is added locked and unlocked at once. */
  *#find(): Proc<Folio | null> {
    const { rules } = this.#mapping.sb.engine;
    if (rules.faultLock === 'absent' || rules.faultLock === 'always') yield* this.#lockMapping();
    for (;;) {
      const found = yield* this.#mapping.lookup(this.#vmf.index);
      if (found !== null) return found;
      yield* allocPages(this.#mapping.sb.engine, withFs(this.#mapping.gfpMask));
      if (
        yield* this.#mapping.sb.engine.faults.fails(
          'allocation',
          `page ${this.#vmf.index} of ${this.#mapping.host.name}`,
        )
      )
        return null;
      const folio = new Folio(this.#mapping, this.#vmf.index);
      yield* folio.lock.tryAcquire();
      const added = yield* this.#mapping.add(folio);
      yield* folio.lock.release();
      if (!added) {
        folio.drop();
        continue;
      }
      if (rules.dropAfterAdd === 'all') yield* this.unlockMapping();
      return folio;
    }
  }

  *#readahead(): Proc {
    const { vma, index } = this.#vmf;
    if (vma.advice === 'random') return;
    yield* this.#vmf.dropLock();
    yield* forcePageCacheRa(new Kiocb(vma.inode, 0), index, 1);
  }

  *#lockMapping(): Proc {
    if (this.#locked) return;
    yield* filemapInvalidateLockShared(this.#mapping);
    this.#locked = true;
  }

  *#isBeyondEnd(): Proc<boolean> {
    const size = yield* this.#vmf.vma.inode.sizeRead();
    return this.#vmf.index >= Math.ceil(size / this.#mapping.sb.engine.geometry.pageSize);
  }

  *#isUptodate(folio: Folio): Proc<boolean> {
    const { machine } = this.#mapping.sb.engine;
    return yield* machine.access([folio.state], [], `uptodate ${folio.label}?`, () => folio.uptodate);
  }
}
