/** A scenario of the page cache by its number, for the threads that load this module. */
import { scenarioProgram, scenarios } from '@lockdep/filesystems';
import type { Program } from '@lockdep/simulator';

export default (id: number): Program =>
  scenarioProgram(scenarios.find((one) => one.id === id)!, { fs: 'ext4', profile: 'before' });
