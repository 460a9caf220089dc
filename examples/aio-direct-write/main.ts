/**
 * An asynchronous direct write against a buffered read of the same page. Dropping the cache before the write is not enough, dropping it after
 * the write in the wrong place is not enough either, and in the right place it is: two schedules and two proofs.
 */
import { directWriteIntoHole, directWriteVersusRead, type Scenario, scenarioProgram } from '@lockdep/filesystems';
import type { BugSwitches } from '@lockdep/page-cache';
import { type ExploreResult, explore, type Failure } from '@lockdep/simulator';

export function run(scenario: Scenario, bugs: BugSwitches = {}): ExploreResult {
  return explore(scenarioProgram(scenario, { fs: 'ext4', profile: 'merged', bugs }), {
    strategy: 'source-dpor',
    stopOnFailure: true,
    validator: null,
    minimise: 20_000,
    budget: { steps: 1_000 },
  });
}

/** What moves bytes, changes which block holds them, or takes a page in or out of the cache. */
const TELLING =
  /^(?:add folio|remove folio|read block|write block|zero-fill|change block map|begin direct|end direct|.* is uptodate)/;
const COLUMNS = ['write', 'read'];
const WIDTH = 34;

/** The telling steps of a schedule, those of the write and its I/O to the left, those of the read and its I/O to the right. */
function inShort({ schedule }: Failure): string {
  const lines = schedule.flatMap(([task, ...labels]) => {
    const column = task === 'read' || task.startsWith('io folio') ? 1 : 0;
    return labels.filter((label) => TELLING.test(label)).map((label) => ' '.repeat(column * WIDTH + 2) + label);
  });
  return [
    COLUMNS.map((name) => `${name}(A)`.padEnd(WIDTH))
      .join('')
      .trimEnd(),
    ...lines,
  ].join('\n');
}

function tell(title: string, result: ExploreResult, print: (text: string) => void): void {
  const failure = result.failures[0];
  if (failure === undefined) return print(`${title}: ${result.estimate.statement}; no old byte in any of them\n`);
  print(`${title}: ${failure.message}\n\n${inShort(failure)}\n\n`);
}

export function aioDirectWrite(print: (text: string) => void) {
  print(
    'A direct write of a page, submitted and awaited later, against a buffered read of it, on an ext4-like file system.\n\n',
  );
  const before = run(directWriteVersusRead, { 'dio.invalidateAtCompletion': false });
  tell('The cache dropped before the write only', before, print);
  const early = run(directWriteIntoHole, { 'dio.invalidateBeforeEndIo': true });
  tell('Dropped again when the bytes are on disk, then the block made part of the file', early, print);
  const proofs = [run(directWriteVersusRead), run(directWriteIntoHole)];
  tell('The block first, then the cache, in place', proofs[0]!, print);
  tell('The block first, then the cache, into a hole', proofs[1]!, print);
  return { before, early, proofs };
}

if (import.meta.main) aioDirectWrite((text) => void process.stdout.write(text));
