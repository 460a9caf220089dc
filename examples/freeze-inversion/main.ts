/**
 * One freeze level would not do: a store through a mapping that takes the level of write(2) is predicted to deadlock from a run in which nobody
 * freezes anything, shown with a freeze, and cured by a level of its own.
 */
import { Validator } from '@lockdep/core';
import { Ext4Like, freeze, freezeVersusStore, pwrite, scenarioProgram, thaw } from '@lockdep/filesystems';
import {
  type BugSwitches,
  dataTags,
  Engine,
  MappedBuffer,
  Mm,
  mmap,
  PlainMachine,
  premap,
  userStore,
} from '@lockdep/page-cache';
import { renderText } from '@lockdep/report';
import { type ExploreResult, explore } from '@lockdep/simulator';

/** page_mkwrite with `sb_start_write` in the place of `sb_start_pagefault`. */
const ONE_LEVEL: BugSwitches = { 'fs.mkwriteUsesStartWrite': true };
const SCHEDULES = 400;

/** A write from mapped memory, then a store through another mapping; later, alone, an mmap and a freeze. Nobody waits for anybody. */
function validate(bugs: BugSwitches, later: boolean): Validator {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, bugs, freezes: true, geometry: { filePages: 1, diskBlocks: 6 } });
  const fs = new Ext4Like(engine);
  const [a, b] = [fs.create('A', dataTags('A', 'w0', 0, 4)), fs.create('B', dataTags('B', 'w0', 0, 4))];
  const mm = new Mm(engine, 'mm');
  const [ofA, ofB] = [premap(mm, a, { pages: 1 }), premap(mm, b, { pages: 1 })];
  machine.spawn('write', () => pwrite(a, 0, 1, 'w1', new MappedBuffer(ofB)));
  machine.spawn('store', () => userStore(ofA, 2, dataTags('A', 'm0', 2, 1)[0]!));
  if (later) {
    machine.spawn('mmap', () => mmap(mm, b, { pages: 1 }));
    machine.spawn('freeze', function* () {
      yield* freeze(fs);
      yield* thaw(fs);
    });
  }
  machine.run();
  return validator;
}

/** The same with a freeze, and somebody who changes the mappings meanwhile: random schedules, the same ones each time. */
function search(bugs: BugSwitches): ExploreResult {
  const program = scenarioProgram(freezeVersusStore, { fs: 'ext4', profile: 'merged', bugs });
  const options = { strategy: 'portfolio', stopOnFailure: true, validator: null, minimise: 20_000 } as const;
  return explore(program, { ...options, budget: { steps: 1_000, executions: SCHEDULES, ms: 600_000 } });
}

export function freezeInversion(print: (text: string) => void) {
  print(
    'A write from mapped memory, then a store through a mapping; nobody freezes. What the validator has learned from it:\n',
  );
  const before = validate(ONE_LEVEL, false).reports;
  for (const report of before) print(`${renderText(report)}\n`);
  const raised = validate(ONE_LEVEL, true).reports;
  print('On another day the file system is frozen, with nobody else about:\n');
  for (const report of raised) {
    if (report.kind === 'circular') print(`  ${report.message}: ${report.verdict.kind}, ${report.verdict.reason}\n`);
  }
  print('\nAnd a schedule in which it happens, now that somebody freezes beside them:\n\n');
  const deadlock = search(ONE_LEVEL);
  print(`${deadlock.failures[0]?.message}\n\n${deadlock.failures[0]?.diagram}\n\n`);
  const after = validate({}, true).reports;
  const cured = search({});
  print(
    `With a level of its own: ${after.length} reports; ${cured.executions} random schedules, ${cured.deadlocks} deadlocks\n`,
  );
  return { before, raised, deadlock, after, cured };
}

if (import.meta.main) freezeInversion((text) => void process.stdout.write(text));
