/** PC-030, PC-031: inline data are converted between write_begin and write_end; and the repair that would deadlock. */
import { Validator } from '@lockdep/core';
import {
  type BugSwitches,
  dataTags,
  type Faults,
  MappedBuffer,
  Mm,
  mmap,
  PlainMachine,
  premap,
  userStore,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { Ext4InlineLike, mount, pread, preallocate, pwrite, type Scenario, scenarioProgram } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

const geometry = { filePages: 1, diskBlocks: 4 };
const [stored] = dataTags('A', 'm', 3, 1);

/** Half of an inline file is written while somebody else needs a block for it, and may get none. */
const writeVersus = (by: 'fallocate' | 'store', faults: Faults = {}): Pick<Scenario, 'build'> => ({
  build(machine, settings) {
    const { engine } = mount(machine, settings, geometry, { faults, readaheadPages: -1 });
    const fs = new Ext4InlineLike(engine);
    const a = fs.createInline('A', dataTags('A', 'w0', 0, 4));
    const mm = new Mm(engine, 'mm');
    return {
      engine,
      tasks: {
        write: () => pwrite(a, 0, 2, 'w1'),
        *[by]() {
          if (by === 'fallocate') return yield* preallocate(fs, a, 0, 4);
          const vma = yield* mmap(mm, a, { pages: 1, prot: 'write' });
          return yield* userStore(vma, 3, stored!);
        },
      },
    };
  },
});

/** Data on their way from the inode to a block, and somebody who reads them. */
const readVersusConversion: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine } = mount(machine, settings, geometry, { readaheadPages: -1 });
    const fs = new Ext4InlineLike(engine);
    const a = fs.createInline('A', dataTags('A', 'w0', 0, 4));
    return { engine, tasks: { fallocate: () => preallocate(fs, a, 0, 4), read: () => pread(a, 0, 4) } };
  },
};

const unlocked = { fs: 'ext4', profile: 'merged', bugs: { 'ext4.fallocateConvertsUnlocked': true } } as const;
const inMkwrite = { fs: 'ext4', profile: 'merged', bugs: { 'ext4.convertsInline': 'page-mkwrite' } } as const;
const inMmap = { fs: 'ext4', profile: 'merged', bugs: { 'ext4.convertsInline': 'mmap' } } as const;
const shows = { kind: 'bug-on', file: 'A', index: 0 } as const;

reproduceBugs([
  { id: 'PC-031', scenario: writeVersus('fallocate'), switched: unlocked, shows },
  {
    id: 'a read while inline data are converted',
    scenario: readVersusConversion,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.readAsksInlineUnlocked': true } },
    shows: { kind: 'lost-write', file: 'A', index: 0 },
  },
  { id: 'PC-031, no block left', scenario: writeVersus('fallocate', { space: 1 }), switched: unlocked, shows },
  { id: 'PC-030', scenario: writeVersus('store'), switched: inMkwrite, shows },
  { id: 'PC-030, converted under mmap_lock', scenario: writeVersus('store'), switched: inMmap, shows },
]);

describe('PC-030 repaired with i_rwsem in page_mkwrite', () => {
  const naive = { 'ext4.convertsInline': 'page-mkwrite-i_rwsem' } as const;

  /** write(2) from a mapping, while a sibling stores to the file through another one, and a third maps a file. */
  const program: Pick<Scenario, 'build'> = {
    build(machine, settings) {
      const { engine } = mount(machine, settings, { ...geometry, diskBlocks: 8 });
      const fs = new Ext4InlineLike(engine);
      const a = fs.createInline('A', dataTags('A', 'w0', 0, 4));
      const b = fs.create('B', dataTags('B', 'w0', 0, 4));
      fs.cache(b, 0);
      const mm = new Mm(engine, 'mm');
      const source = premap(mm, b, { pages: 1 });
      return {
        engine,
        tasks: {
          *store() {
            const vma = yield* mmap(mm, a, { pages: 1, prot: 'write' });
            yield* machine.start('write', () => pwrite(a, 0, 1, 'w1', new MappedBuffer(source)));
            yield* machine.start('map', () => mmap(mm, b, { pages: 1 }));
            yield* userStore(vma, 3, stored!);
          },
        },
      };
    },
  };

  function run(bugs: BugSwitches): readonly string[][] {
    const validator = new Validator({ sites: false });
    const machine = new PlainMachine({ validator });
    const { engine, tasks } = program.build(machine, { fs: 'ext4', profile: 'merged', bugs, validator });
    for (const [name, code] of Object.entries(tasks)) machine.spawn(name, code);
    expect(machine.run().stuck).toEqual([]);
    expect(engine.inspect()).toBe(null);
    return validator.reports.map((report) =>
      report.kind === 'circular' ? report.cycle.map(({ from }) => from.name).sort() : [report.kind],
    );
  }

  test('the validator rejects it in a run in which nobody waits', () => {
    expect(run(naive)).toEqual([['&mm->mmap_lock', '&sb->s_type->i_mutex_key', 'mapping.invalidate_lock']]);
    expect(run({})).toEqual([]);
  });

  const explored = (bugs: BugSwitches, executions: number) =>
    explore(scenarioProgram(program, { fs: 'ext4', profile: 'merged', bugs }), {
      strategy: 'portfolio',
      stopOnFailure: true,
      validator: null,
      minimise: 0,
      budget: { executions, steps: 1_000 },
    });

  test('exploration finds its deadlock; and with the other repair, none in a sample', () => {
    const { verdict, failures } = explored(naive, 500);
    expect(verdict).toBe('deadlock');
    const waits = JSON.stringify(failures[0]?.waits);
    for (const lock of ['i_rwsem(A)', 'mmap_lock(mm)']) expect(waits).toContain(lock);
    expect(explored({}, 100).failures.map(({ message }) => message)).toEqual([]);
  });
});
