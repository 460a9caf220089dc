/** All scenarios, by number. */
import { collapseVersusWrite } from './collapse-versus-write.ts';
import { crossedMappedWrites } from './crossed-mapped-writes.ts';
import { crossedReflinks, interleavedPair } from './crossed-reflinks.ts';
import { crossedRenames } from './crossed-renames.ts';
import { dedupeVersusStore } from './dedupe-versus-store.ts';
import { crossedDirectReads, directReadIntoOwnMapping } from './direct-read-into-mapping.ts';
import { directWriteIntoHole, directWriteVersusRead, growingDirectWrite } from './direct-write-versus-read.ts';
import { failedUnshare, failedWriteVersusStore } from './failed-write.ts';
import { flagsVersusFreeze } from './flags-versus-freeze.ts';
import { freezeVersusFork, writeVersusFork } from './fork-versus-store.ts';
import { freezeVersusStore } from './freeze-versus-store.ts';
import { holetest } from './holetest.ts';
import { nestedReadahead } from './nested-readahead.ts';
import { nowaitRead } from './nowait-read.ts';
import { punchVersusLoad } from './punch-versus-load.ts';
import { punchVersusRead } from './punch-versus-read.ts';
import { punchVersusReadahead } from './punch-versus-readahead.ts';
import { readIntoMapping } from './read-into-mapping.ts';
import { collision, readIntoPunchedMapping } from './read-into-punched-mapping.ts';
import type { Scenario } from './scenario.ts';
import { subPageRead } from './sub-page-read.ts';
import { truncateDownUp } from './truncate-down-up.ts';
import { truncateVersusFault } from './truncate-versus-fault.ts';
import { writeFromOwnMapping } from './write-from-own-mapping.ts';
import { writeUnderReclaim } from './write-under-reclaim.ts';
import { writeVersusMunmap } from './write-versus-munmap.ts';
import { writepagesUnderPressure } from './writepages-under-pressure.ts';

/** All scenarios, by number; two variants of one share it. */
export const scenarios: readonly Scenario[] = [
  punchVersusRead,
  punchVersusLoad,
  punchVersusReadahead,
  subPageRead,
  truncateVersusFault,
  collapseVersusWrite,
  writeFromOwnMapping,
  writeUnderReclaim,
  crossedMappedWrites,
  writeVersusMunmap,
  writeVersusFork,
  crossedDirectReads,
  directReadIntoOwnMapping,
  readIntoMapping,
  crossedReflinks,
  interleavedPair,
  dedupeVersusStore,
  crossedRenames,
  freezeVersusStore,
  freezeVersusFork,
  flagsVersusFreeze,
  writepagesUnderPressure,
  directWriteVersusRead,
  directWriteIntoHole,
  growingDirectWrite,
  truncateDownUp,
  holetest,
  readIntoPunchedMapping,
  collision,
  nestedReadahead,
  failedWriteVersusStore,
  failedUnshare,
  nowaitRead,
];
