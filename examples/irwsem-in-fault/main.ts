/**
 * Why not simply take i_rwsem in the fault path? The validator answers after one run in which nothing went wrong; the explorer then finds
 * the schedule that deadlocks.
 */
import { Validator } from '@lockdep/core';
import { Ext4Like, pwrite, type ScenarioSettings, scenarioProgram } from '@lockdep/filesystems';
import {
  dataTags,
  Engine,
  type Machine,
  MappedBuffer,
  Mm,
  mmap,
  PlainMachine,
  premap,
  userLoad,
} from '@lockdep/page-cache';
import { renderText } from '@lockdep/report';
import { type ExploreResult, explore } from '@lockdep/simulator';

/** A write whose source is a mapping, a load through another mapping of the file written, and an mmap by a sibling thread. */
function build(machine: Machine, { validator = null }: Pick<ScenarioSettings, 'validator'>) {
  const bugs = { 'fault.takesIrwsem': true };
  const geometry = { filePages: 1, diskBlocks: 6 };
  const engine = new Engine({ machine, validator, profile: 'merged', bugs, geometry });
  const fs = new Ext4Like(engine);
  const [a, b] = ['A', 'B'].map((name) => fs.create(name, dataTags(name, 'w0', 0, 4)));
  const mm = new Mm(engine, 'mm');
  const ofA = premap(mm, a!, { pages: 1 });
  const ofB = premap(mm, b!, { pages: 1 });
  return {
    engine,
    tasks: {
      write: () => pwrite(a!, 0, 1, 'w1', new MappedBuffer(ofB)),
      load: () => userLoad(ofA, 0),
      mmap: () => mmap(mm, b!, { pages: 1 }),
    },
  };
}

export function irwsemInFault(print: (text: string) => void): { reports: Validator['reports']; result: ExploreResult } {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const { tasks } = build(machine, { validator });
  for (const [name, code] of Object.entries(tasks)) {
    machine.spawn(name, code);
    machine.run();
  }
  print('One task after the other, nothing happens. What the validator has learned from it:\n');
  const reports = validator.reports.filter((report) => report.kind === 'circular');
  for (const report of reports) print(`${renderText(report)}\n`);
  const program = scenarioProgram({ build }, { fs: 'ext4', profile: 'merged' });
  print('And a schedule in which it happens: ');
  const options = { stopOnFailure: true, validator: null, minimise: 20_000, budget: { steps: 1_000 } } as const;
  const result = explore(program, { ...options, strategy: 'portfolio' });
  print(`${result.failures[0]?.message}\n\n${result.failures[0]?.diagram}\n`);
  return { reports, result };
}

if (import.meta.main) irwsemInFault((text) => void process.stdout.write(text));
