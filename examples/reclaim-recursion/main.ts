/**
 * An allocation under a lock that reclaim needs: predicted from a run with memory to spare, confirmed by a schedule in which memory is short,
 * and cured by a NOFS scope.
 */
import { Validator } from '@lockdep/core';
import { Ext4Like, fsync, kswapd, pwrite, scenarioProgram, writepagesUnderPressure } from '@lockdep/filesystems';
import { type BugSwitches, dataTags, Engine, PlainMachine } from '@lockdep/page-cache';
import { renderText } from '@lockdep/report';
import { type ExploreResult, explore } from '@lockdep/simulator';

/** As ext4 was until v6.3. */
const UNSCOPED: BugSwitches = { 'ext4.writepagesNofs': false };

/** One task after the other, none of which is short of memory: a file changes how it is journalled, another is written out, and kswapd drops an idle inode. */
function validate(bugs: BugSwitches): Validator {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({
    machine,
    validator,
    bugs,
    changesFlags: true,
    geometry: { filePages: 1, diskBlocks: 8 },
  });
  const fs = new Ext4Like(engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, 4));
  const idle = fs.create('C', dataTags('C', 'w0', 0, 4));
  machine.spawn('journal', () => fs.changeJournalFlag(a));
  machine.spawn('fsync', function* () {
    yield* pwrite(a, 0, 4, 'w1');
    yield* fsync(a);
  });
  machine.spawn('kswapd', function* () {
    yield* pwrite(idle, 0, 4, 'w1');
    yield* kswapd(fs, { inodes: ['C'] });
  });
  machine.run();
  return validator;
}

/** The same with a file that changes its journal flag, where any allocation may have to reclaim: all interleavings, all choices. */
function search(bugs: BugSwitches): ExploreResult {
  const program = scenarioProgram(writepagesUnderPressure, { fs: 'ext4', profile: 'merged', bugs });
  const options = { strategy: 'source-dpor', stopOnFailure: true, validator: null, minimise: 20_000 } as const;
  return explore(program, { ...options, budget: { steps: 1_000 } });
}

export function reclaimRecursion(print: (text: string) => void) {
  print(
    'A journal flag, an fsync and kswapd, one after the other, with memory to spare. What the validator has learned from it:\n',
  );
  const before = validate(UNSCOPED).reports;
  for (const report of before) print(`${renderText(report)}\n`);
  print('And a schedule in which it happens, now that memory may be short:\n\n');
  const deadlock = search(UNSCOPED);
  print(`${deadlock.failures[0]?.message}\n\n${deadlock.failures[0]?.diagram}\n\n`);
  const after = validate({}).reports;
  const proof = search({});
  print(`With a NOFS scope: ${after.length} reports; ${proof.estimate.statement}, no deadlock in any of them\n`);
  return { before, deadlock, after, proof };
}

if (import.meta.main) reclaimRecursion((text) => void process.stdout.write(text));
