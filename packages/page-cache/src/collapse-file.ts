/**
 * khugepaged: some small pages of a file in a row become one large one. Large folios are not modelled, so the large one is as many new
 * folios, locked from before the first small page is until all are in place; what its locks and references have to get right is the same.
 *
 * Invariant: it takes no invalidate_lock. Each small page is locked, only if nobody else has it; unmapped; and all are replaced in one step,
 * with their counts frozen, or none is.
 */
import type { AddressSpace } from './address-space.ts';
import { allocPages } from './alloc-pages.ts';
import { Folio } from './folio.ts';
import { GFP_KERNEL } from './gfp.ts';
import { tryLockFolioAt } from './grab-folio.ts';
import { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import { forcePageCacheRa } from './readahead.ts';
import { unmapMappingPages } from './unmap.ts';
import type { Vma } from './vma.ts';

/**
 * Looks at a mapping, with mmap_lock, and collapses pages first … last of its file, without; false when it cannot be done now.
 *
 * Source: `mm/khugepaged.c: khugepaged_scan_file`.
 */
export function* khugepaged(vma: Vma, first: number, last: number): Proc<boolean> {
  const { mmapLock, vmas } = vma.mm;
  yield* mmapLock.downRead();
  const isMapped = vmas.includes(vma) && vma.pte(first) !== undefined && vma.pte(last) !== undefined;
  yield* mmapLock.upRead();
  return isMapped && (yield* collapseFile(vma.mapping, first, last));
}

/** Pages first … last, if all are cached, clean and used by nobody but mappings. Source: `mm/khugepaged.c: collapse_file` (v6.4). */
export function* collapseFile(mapping: AddressSpace, first: number, last: number): Proc<boolean> {
  yield* allocPages(mapping.sb.engine, GFP_KERNEL);
  const targets: Folio[] = [];
  for (let index = first; index <= last; index++) {
    const target = new Folio(mapping, index);
    yield* target.lock.tryAcquire();
    targets.push(target);
  }
  const small: Folio[] = [];
  const collapsed = (yield* isolateAll(mapping, targets, small)) && (yield* mapping.replaceAll(small, targets));
  for (const folio of small) yield* folio.unlockAndPut();
  for (const target of targets) yield* target.unlockAndPut();
  return collapsed;
}

/** Locks and unmaps the small pages, in order, and copies each; `small` gets those that are locked. */
function* isolateAll(mapping: AddressSpace, targets: readonly Folio[], small: Folio[]): Proc<boolean> {
  const { machine, rules } = mapping.sb.engine;
  const readsAhead = rules.bugs['khugepaged.readaheadUnderFolioLocks'] === true;
  for (const target of targets) {
    let folio = yield* tryLockFolioAt(mapping, target.index);
    if (folio === null && readsAhead) {
      yield* forcePageCacheRa(new Kiocb(mapping.host, 0), target.index, 1);
      folio = yield* tryLockFolioAt(mapping, target.index);
    }
    if (folio === null) return false;
    small.push(folio);
    const source = folio;
    const { fits, mapped } = yield* machine.access([source.state], [], `collapse ${source.label}?`, () => ({
      fits: source.uptodate && !source.dirty && source.writeback === null,
      mapped: source.mapcount > 0,
    }));
    if (source.mapping !== mapping || !fits) return false;
    if (mapped) yield* unmapMappingPages(mapping, source.index, source.index, false);
    yield* machine.access([source.state], [target.state], `copy ${source.label}`, () => target.copyFrom(source));
  }
  return true;
}
