/** The historic defects, each with its switch reproduced and without it clean: kind, file and page of the finding are checked. */
import {
  crossedReflinks,
  interleavedPair,
  punchVersusLoad,
  punchVersusRead,
  punchVersusReadahead,
  readIntoMapping,
  subPageRead,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

reproduceBugs([
  {
    id: 'PC-001',
    scenario: punchVersusRead,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fs.readsTakeInvalidateLock': false } },
    shows: { file: 'A', index: 1 },
  },
  {
    id: 'PC-002',
    scenario: punchVersusLoad,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fs.faultsTakeInvalidateLock': false } },
    shows: { file: 'A', index: 0 },
    samples: true,
  },
  {
    id: 'PC-003',
    scenario: punchVersusReadahead,
    switched: { fs: 'xfs', profile: 'before', bugs: { 'xfs.fadviseTakesIolock': false } },
    shows: { file: 'A', index: 0 },
  },
  {
    id: 'PC-004',
    scenario: subPageRead,
    switched: { fs: 'ext4', profile: 'merged', bugs: { lockOnlyAroundAdd: true } },
    shows: { file: 'A', index: 0 },
  },
  {
    id: 'PC-109',
    scenario: crossedReflinks,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'lockTwo.comparator': 'mixed' } },
    shows: ['i_rwsem(A)', 'i_rwsem(B)'],
    samples: true,
  },
  {
    id: 'PC-110',
    scenario: interleavedPair,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'lockTwo.interleaved': true } },
    shows: ['i_rwsem(B)', 'invalidate_lock(A)'],
  },
  {
    id: 'PC-111',
    scenario: readIntoMapping,
    switched: { fs: 'ext4', profile: 'seed', bugs: { 'read.invalidateLockOverCopy': true } },
    shows: ['invalidate_lock(A)', 'invalidate_lock(B)'],
    samples: true,
  },
]);
