/** The historic defects of direct and impatient I/O, each with its switch reproduced and without it clean. */
import {
  crossedDirectReads,
  directReadIntoOwnMapping,
  directWriteIntoHole,
  directWriteVersusRead,
  growingDirectWrite,
  nowaitRead,
} from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

const old = { kind: 'lost-write', file: 'A', index: 0 } as const;

reproduceBugs([
  {
    id: 'scenario 18',
    scenario: directWriteVersusRead,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'dio.invalidateAtCompletion': false } },
    shows: old,
  },
  {
    id: 'PC-016',
    scenario: directWriteIntoHole,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'dio.invalidateBeforeEndIo': true } },
    shows: old,
  },
  {
    id: 'PC-017',
    scenario: growingDirectWrite,
    switched: { fs: 'ext4', profile: 'merged' },
    repaired: { 'read.smallerSize': true },
    shows: old,
  },
  {
    id: 'PC-028',
    scenario: directWriteVersusRead,
    switched: { fs: 'ceph', profile: 'merged', bugs: { 'ceph.directWriteInvalidates': false } },
    shows: old,
  },
  {
    id: 'PC-039, one file',
    scenario: directReadIntoOwnMapping,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fs.dioRangeLockOverGup': true } },
    shows: ['extent_range(A)'],
    samples: true,
  },
  {
    id: 'PC-039, two files',
    scenario: crossedDirectReads,
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fs.dioRangeLockOverGup': true } },
    shows: ['extent_range(A)', 'extent_range(B)'],
    samples: true,
  },
  {
    id: 'PC-106',
    scenario: nowaitRead,
    switched: { fs: 'ext4', profile: 'merged' },
    repaired: { 'readahead.nowaitTrylock': true },
    shows: { kind: 'nowait-violation', file: 'A', index: 0 },
  },
]);
