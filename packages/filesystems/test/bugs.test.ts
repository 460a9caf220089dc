/** The historic defects, each with its switch reproduced and without it clean: kind, file and page of the finding are checked. */
import type { Finding } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  crossedReflinks,
  interleavedPair,
  punchVersusLoad,
  punchVersusRead,
  punchVersusReadahead,
  readIntoMapping,
  type Scenario,
  type ScenarioSettings,
  scenarioProgram,
  subPageRead,
} from '../src/index.ts';

interface Bug {
  readonly id: string;
  readonly scenario: Scenario;
  readonly switched: ScenarioSettings;
  /** Stale bytes in this page, or a deadlock between these two locks. */
  readonly shows: { readonly file: string; readonly index: number } | readonly [string, string];
  readonly samples?: boolean;
}

const bugs: readonly Bug[] = [
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
];

/** Bytes of another file, or a page filled from a block that is not the file's: the defect itself, not its milder forms. */
const isStale = ({ kind }: Finding): boolean => kind === 'stale-block-exposure';

function run(
  scenario: Scenario,
  settings: ScenarioSettings,
  samples: boolean,
  executions: number,
  counts: (finding: Finding) => boolean = () => true,
) {
  const found: Finding[] = [];
  const program = scenarioProgram(scenario, settings, { counts, onFindings: (findings) => found.push(...findings) });
  const strategy = samples ? 'portfolio' : 'source-dpor';
  const budget = { steps: 1_000, ms: 25_000, executions };
  return { found, result: explore(program, { strategy, stopOnFailure: true, validator: null, minimise: 0, budget }) };
}

describe.each(bugs.map((bug) => [bug.id, bug] as const))('%s', (_, { scenario, switched, shows, samples = false }) => {
  test('with its switch', () => {
    const { found, result } = run(scenario, switched, samples, 20_000, isStale);
    if (Array.isArray(shows)) {
      expect(result.verdict).toBe('deadlock');
      const waits = JSON.stringify(result.failures[0]?.waits);
      for (const lock of shows) expect(waits).toContain(lock);
    } else {
      expect(result.verdict).toBe('fail');
      const stale = found.filter(isStale);
      expect(stale.length).toBeGreaterThan(0);
      for (const finding of found) expect(finding).toMatchObject(shows);
      const { file, index } = shows as { readonly file: string; readonly index: number };
      expect(result.failures[0]?.message).toContain(`stale-block-exposure: ${file}[${index}]`);
    }
  });

  test('without it', () => {
    const { bugs: _switches, ...settings } = switched;
    const { result } = run(scenario, settings, samples, samples ? 100 : 1_000_000);
    expect(result.failures.map(({ message }) => message)).toEqual([]);
    if (!samples) expect(result.exhausted).toBe(true);
  });
});
