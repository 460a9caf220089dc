/** Historic defects of operations that move or share blocks. */
import { Validator } from '@lockdep/core';
import { dataTags, Engine, Pipe, PlainMachine } from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import {
  copyFileRange,
  Ext4Like,
  fadviseDontneed,
  fallocate,
  mount,
  pwrite,
  remap,
  type Scenario,
  spliceRead,
  spliceWrite,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/** Collapse or insert of one page, beside a write to a page that moves. */
const shiftBesideWrite = (mode: 'collapse-range' | 'insert-range'): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 3, diskBlocks: 12 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    fs.cache(a, 1);
    return {
      engine,
      tasks: {
        shift: () => fallocate(fs, a, mode, 0, 4),
        write: () => pwrite(a, 4, 4, 'w1'),
      },
    };
  },
});

/** A clone of A, not cached, gets blocks of its own. One task. */
const unshare: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B');
    return {
      engine,
      tasks: {
        *unshare() {
          yield* remap(fs, a, b);
          yield* fallocate(fs, b, 'unshare-range', 0, 4);
          yield* fadviseDontneed(b, 0, 4);
        },
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-008, collapse',
    scenario: shiftBesideWrite('collapse-range'),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.flushBeforeLocks': true } },
    shows: { kind: 'lost-write', file: 'A', index: 0 },
  },
  {
    id: 'PC-008, insert',
    scenario: shiftBesideWrite('insert-range'),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.flushBeforeLocks': true } },
    shows: { kind: 'lost-write', file: 'A', index: 2 },
  },
  {
    id: 'PC-022',
    scenario: unshare,
    switched: { fs: 'xfs', profile: 'latest', bugs: { 'iomap.unshareReads': false } },
    shows: { kind: 'uninitialised-memory', file: 'B', index: 0 },
  },
]);

test.each([true, false])('PC-093: the pipe outside freeze protection is %s', (isOutside) => {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, bugs: { 'splice.pipeLockOutsideFreeze': isOutside } });
  const fs = new Ext4Like(engine);
  const [a, b] = [fs.create('A', dataTags('A', 'w0', 0, 8)), fs.create('B')];
  machine.spawn('copy', () => copyFileRange(fs, a, b, { from: 0, to: 0, count: 8 }, 'w1'));
  machine.spawn('splice', function* () {
    const pipe = new Pipe(engine);
    yield* spliceRead(a, 0, pipe, 4);
    yield* spliceWrite(pipe, b, 0, 4, 'w2');
  });
  expect(machine.run().stuck).toEqual([]);
  expect(engine.inspect()).toBeNull();
  const circles = validator.reports.filter(({ message }) =>
    /sb_writers.*pipe->mutex|pipe->mutex.*sb_writers/s.test(message),
  );
  expect(validator.reports.length).toBe(isOutside ? 1 : 0);
  expect(circles.length).toBe(isOutside ? 1 : 0);
});
