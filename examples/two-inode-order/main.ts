/**
 * The question of the thread: in which order are the locks of two files taken, by pointer or by inode number? The validator learns
 * which order a program keeps to, and tells a recycled inode (harmless) from two disciplines for one class (a deadlock).
 */
import { type Report, Validator } from '@lockdep/core';
import { crossedReflinks, remap, scenarioProgram, XfsLike } from '@lockdep/filesystems';
import { type BugSwitches, dataTags, Engine, PlainMachine } from '@lockdep/page-cache';
import { type ExploreResult, explore } from '@lockdep/simulator';

/** Clones A to B and dedupes B against A, with both inodes dropped and read back at each other's address in between. */
export function recycle(bugs: BugSwitches): readonly Report[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, bugs, geometry: { filePages: 1, diskBlocks: 4 } });
  const fs = new XfsLike(engine);
  for (const name of ['A', 'B']) fs.create(name, dataTags(name, 'w0', 0, 4));
  machine.spawn('program', function* () {
    // After each round the two files have changed places in memory.
    for (const caller of ['dedupe', 'clone', 'clone', 'dedupe'] as const) {
      const from = yield* fs.icache.get('A');
      const to = yield* fs.icache.get('B');
      yield* remap(fs, from, to, caller);
      yield* fs.icache.put('A');
      yield* fs.icache.put('B');
      yield* fs.icache.reclaim(['A', 'B']);
    }
  });
  machine.run();
  return validator.reports;
}

function list(reports: readonly Report[]): string {
  return reports.length === 0
    ? '  nothing\n'
    : reports.map(({ level, message }) => `  ${level}: ${message}\n`).join('');
}

export function twoInodeOrder(print: (text: string) => void): {
  stable: readonly Report[];
  mixed: readonly Report[];
  result: ExploreResult;
} {
  const stable = recycle({});
  print(`Always by address, inodes recycled in between:\n${list(stable)}`);
  const mixed = recycle({ 'lockTwo.comparator': 'mixed' });
  print(`Clone by address, dedupe by inode number:\n${list(mixed)}`);
  const program = scenarioProgram(crossedReflinks, {
    fs: 'xfs',
    profile: 'merged',
    bugs: { 'lockTwo.comparator': 'mixed' },
  });
  const result = explore(program, { strategy: 'portfolio', stopOnFailure: true, validator: null, minimise: 20_000 });
  print(`\n${result.failures[0]?.message}\n\n${result.failures[0]?.diagram}\n`);
  return { stable, mixed, result };
}

if (import.meta.main) twoInodeOrder((text) => void process.stdout.write(text));
