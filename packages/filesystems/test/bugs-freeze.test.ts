/** PC-056, PC-098: freeze protection that is taken where the freezer can be waiting already. */
import type { Inode, Machine, Proc } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { expect, test } from 'vitest';
import {
  type BlockFileSystem,
  evictInode,
  freeze,
  mount,
  quotactl,
  remount,
  removeXattr,
  type Scenario,
  type ScenarioSettings,
  scenarioProgram,
  thaw,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

type Tasks = Readonly<Record<string, () => Proc<unknown>>>;

/** Tasks on ext4 while it is frozen and thawed. */
const frozen = (tasksOf: (fs: BlockFileSystem) => Tasks): Pick<Scenario, 'build'> => ({
  build(machine: Machine, settings: ScenarioSettings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, { freezes: true });
    function* freezer(): Proc {
      yield* freeze(fs);
      yield* thaw(fs);
    }
    return { engine, tasks: { ...tasksOf(fs), freezer } };
  },
});

const files = (fs: BlockFileSystem): readonly [file: Inode, attribute: Inode] => [
  fs.createHole('A', 0),
  fs.createHole('attribute of A', 0),
];

/** The last close of a file that has no name any more: nobody holds freeze protection. */
const lastClose = frozen((fs) => {
  const [file, attribute] = files(fs);
  return { close: () => evictInode(fs, file, 'unlinked', [attribute]) };
});

const xattrRemoved = frozen((fs) => {
  const [, attribute] = files(fs);
  return { removexattr: () => removeXattr(fs, attribute) };
});

const early = { fs: 'ext4', profile: 'merged', bugs: { 'ext4.putsEaInodeInTransaction': true } } as const;

reproduceBugs([
  {
    id: 'PC-056',
    scenario: frozen((fs) => ({ remount: () => remount(fs), quotactl: () => quotactl(fs) })),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'ext4.mmpTakesFreezeProtection': true } },
    shows: ['s_umount(ext4)', 'sb_writers(ext4)'],
  },
  { id: 'PC-098', scenario: lastClose, switched: early, shows: ['sb_internal(ext4)'] },
]);

test('PC-098 where freeze protection is held already: the freezer does not get that far, as is proved', () => {
  const program = scenarioProgram(xattrRemoved, early);
  const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0, budget: { steps: 1_000 } });
  expect(result.failures.map(({ message }) => message)).toEqual([]);
  expect(result.exhausted).toBe(true);
});
