/**
 * "Why do we have to hold the invalidate_lock during the call to readpage, and we don't just hold it around the call to
 * add_to_page_cache?" Because with blocks smaller than pages the page may already be there, and be filled later.
 */
import { scenarioProgram, subPageRead } from '@lockdep/filesystems';
import type { BugSwitches } from '@lockdep/page-cache';
import { type ExploreResult, explore } from '@lockdep/simulator';

function run(bugs: BugSwitches): ExploreResult {
  return explore(scenarioProgram(subPageRead, { fs: 'ext4', profile: 'merged', bugs }), {
    strategy: 'source-dpor',
    stopOnFailure: true,
    validator: null,
    minimise: 20_000,
    budget: { steps: 1_000 },
  });
}

export function oneKibBlocks(print: (text: string) => void): ExploreResult[] {
  print('A page of four blocks is cached, its first block uptodate; block 1 is punched while it is read.\n\n');
  const around = run({ lockOnlyAroundAdd: true });
  print(`Lock held only around adding the page: ${around.failures[0]?.message}\n\n${around.failures[0]?.diagram}\n\n`);
  const created = run({ 'read.createDropsLockAfterAdd': true });
  print(`Dropped after adding in filemap_create_page alone: ${created.verdict}, ${created.estimate.statement}\n`);
  const merged = run({});
  print(`Held until the read is submitted, as merged: ${merged.verdict}, ${merged.estimate.statement}\n`);
  return [around, created, merged];
}

if (import.meta.main) oneKibBlocks((text) => void process.stdout.write(text));
