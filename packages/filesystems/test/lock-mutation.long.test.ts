/**
 * Locks whose absence harms somebody: taken out of the engine, they let users see wrong bytes, or leave them to be seen.
 *
 * Of the others a golden trace tells ({@link file://./lock-mutation.test.ts}); nobody is harmed in this model, because the validator alone
 * knows them (`xa_lock`, `pte_lock`, freeze levels, transactions), or because what they guard is one step here, or guarded by a lock
 * around it as well (the block map: by the folio lock for filling, by invalidate_lock for freeing).
 */
import { expect, test } from 'vitest';
import { harms, sitesOfPaths } from './mutate-engine.ts';

const HARMFUL = [
  'doPageCacheRa (readahead): invalidate_lock',
  'pageCacheRaUnbounded (readahead): folio',
  '#take (filemap-fault): folio',
  '#lockMapping (filemap-fault): invalidate_lock',
  'lockForMkwrite (file-system): invalidate_lock',
  'lockAndDirty (page-mkwrite): folio',
  'lockForEviction (block-file-system): i_rwsem',
  'takeEvictLock (block-file-system): invalidate_lock',
  'truncateTrying (truncate): folio',
  'lockForWriteback (write-cache-pages): folio',
];

const sites = sitesOfPaths();

test.each(HARMFUL)('without %s', (site) => {
  expect([...sites.keys()]).toContain(site);
  expect(harms(site)).not.toBe(null);
});
