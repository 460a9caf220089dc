/**
 * `pnpm bench`: what validation costs. Prints a table and writes out/bench.json. A section's name as argument runs that one
 * alone: hot, cold, replay, predict, mutex, native, explore, threads, confirm, cache, vitest, page, start.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { repositoryFile } from '../support/data-files.ts';
import { configurations } from './hot-path.ts';
import type { Row } from './measure.ts';
import { runSection } from './section.ts';

const SECTIONS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  hot: configurations.map((configuration) => ['./hot-path.ts', configuration]),
  cold: [['./cold-path.ts']],
  replay: [['./replay.ts']],
  predict: [['./prediction.ts']],
  mutex: [['./async-mutex.ts']],
  native: [['./native-validators.ts']],
  explore: [['./exploration.ts']],
  threads: [['./threads.ts']],
  confirm: [['./confirmation.ts']],
  cache: [['./page-cache.ts']],
  vitest: [['./vitest-overhead.ts']],
  page: [['./html-page.ts']],
  start: [['./command-start.ts']],
};

function print({ name, value, best, unit, ratio, against, skipped }: Row): void {
  if (skipped !== undefined) {
    console.log(`  ${name.padEnd(64)} skipped: ${skipped}`);
    return;
  }
  const undisturbed = best === undefined ? '' : ` (best ${best.toFixed(1)})`;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const compared = ratio === undefined ? '' : `  ${ratio.toFixed(2)} × ${against}`;
  console.log(`  ${name.padEnd(64)} ${value.toFixed(digits).padStart(9)} ${unit}${undisturbed}${compared}`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((section) => !(section in SECTIONS));
if (unknown !== undefined) {
  console.error(`bench: no section '${unknown}': there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}
const rows: Row[] = [];
let section = '';
for (const [name, runs] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const [file, ...args] of runs) {
    for (const row of await runSection(file!, ...args)) {
      if (row.section !== section) console.log(`\n${row.section}`);
      section = row.section;
      print(row);
      rows.push(row);
    }
  }
}
const out = repositoryFile('out');
mkdirSync(out, { recursive: true });
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} CPUs, Node ${process.versions.node}`;
writeFileSync(`${out}/bench.json`, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
console.log(`\nMedians of CPU time on ${machine}. Ratios are within one run. Written to out/bench.json`);
