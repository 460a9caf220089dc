/** PC-096: freeze protection that is held across the return of io_uring's submitter, who then sleeps for it once more. */
import { Validator } from '@lockdep/core';
import { type BugSwitches, dataTags, Engine, PlainMachine, type Proc } from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import { type BlockFileSystem, freeze, IoUring, mount, type Scenario, thaw, XfsLike } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

function* writeTwice(fs: BlockFileSystem, answers: unknown[]): Proc {
  const [a] = fs.inodes;
  const ring = new IoUring();
  yield* ring.write(a!, 0, 4, 'w1');
  yield* ring.write(a!, 4, 4, 'w2');
  answers.push(yield* ring.wait());
}

const twoWritesVersusFreeze: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 }, { freezes: true });
    fs.create('A', dataTags('A', 'w0', 0, 8));
    return {
      engine,
      tasks: {
        submitter: () => writeTwice(fs, []),
        *freezer() {
          yield* freeze(fs);
          yield* thaw(fs);
        },
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-096',
    scenario: twoWritesVersusFreeze,
    switched: { fs: 'ext2', profile: 'merged', bugs: { 'aio.startWriteBlocksSubmitter': true } },
    shows: ['sb_writers(ext2)'],
  },
]);

function alone(bugs: BugSwitches): { answers: unknown[]; reports: readonly unknown[]; finding: string | null } {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, bugs, freezes: true, geometry: { filePages: 2, diskBlocks: 8 } });
  const fs = new XfsLike(engine);
  fs.create('A', dataTags('A', 'w0', 0, 8));
  const answers: unknown[] = [];
  machine.spawn('submitter', () => writeTwice(fs, answers));
  expect(machine.run().stuck).toEqual([]);
  return { answers, reports: validator.reports, finding: engine.inspect() };
}

test.each([{}, { 'aio.startWriteBlocksSubmitter': true }])(
  'PC-096: a lock that is given back by another context is nothing to the validator: %o',
  (bugs) => {
    expect(alone(bugs)).toEqual({ answers: [[4, 4]], reports: [], finding: null });
  },
);
