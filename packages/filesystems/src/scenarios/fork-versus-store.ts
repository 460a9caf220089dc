/**
 * 9 and 15 again, where mappings have locks of their own: what still takes a fault's lock away and keeps it is a fork, which locks one mapping
 * after the other and waits for the faults on each.
 */
import { dataTags, fork, type Machine, MappedBuffer, Mm, premap, userStore } from '@lockdep/page-cache';
import { freeze, thaw } from '../syscalls/freeze.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { cellsFor, mount, type Scenario, type ScenarioProgram, type ScenarioSettings } from './scenario.ts';

const LATEST = ['latest'] as const;

/** The mapping of B comes first, so that a fork that waits for a fault on A has locked it already. */
function build(machine: Machine, settings: ScenarioSettings, freezes: boolean): ScenarioProgram {
  const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 6 }, { freezes });
  const a = fs.create('A', dataTags('A', 'w0', 0, 4));
  const b = fs.create('B', dataTags('B', 'w0', 0, 4));
  fs.cache(a, 0);
  fs.cache(b, 0);
  const mm = new Mm(engine, 'mm');
  const ofB = premap(mm, b, { pages: 1 });
  const ofA = premap(mm, a, { pages: 1 });
  const tasks = {
    store: () => userStore(ofA, 2, dataTags('A', 'm0', 2, 1)[0]!),
    write: () => pwrite(a, 0, 1, 'w1', new MappedBuffer(ofB)),
    fork: () => fork(mm, 'child'),
  };
  const freezer = function* () {
    yield* freeze(fs);
    yield* thaw(fs);
  };
  return { engine, tasks: freezes ? { freeze: freezer, ...tasks } : tasks };
}

/** Scenario 9 with a fork. Deadlocks only where write(2) copies with faults on. */
export const writeVersusFork: Scenario = {
  id: 9,
  title: 'write(A from a mapping of B) ∥ fork by a sibling ∥ store through a mapping of A',
  cells: [
    ...cellsFor(LATEST, { fs: 'ext4', verdict: 'clean', effort: 'sample' }),
    ...cellsFor(LATEST, { fs: 'ext4', bugs: { 'write.atomicCopy': false }, verdict: 'deadlock', effort: 'sample' }),
  ],
  build: (machine, settings) => build(machine, settings, false),
};

/** Scenario 15 with a fork. Deadlocks only where page faults take the level of write(2). */
export const freezeVersusFork: Scenario = {
  id: 15,
  title: 'freeze, thaw ∥ write(A from a mapping of B) ∥ store through a mapping of A ∥ fork',
  cells: [
    ...cellsFor(LATEST, { fs: 'ext4', verdict: 'clean', effort: 'sample' }),
    ...cellsFor(LATEST, {
      fs: 'ext4',
      bugs: { 'fs.mkwriteUsesStartWrite': true },
      verdict: 'deadlock',
      effort: 'sample',
    }),
  ],
  build: (machine, settings) => build(machine, settings, true),
};
