/** Historic defects as tests: with its switch each is found, as itself; without it the same program is clean. */
import { Validator } from '@lockdep/core';
import type { BugSwitches, Finding, FindingKind } from '@lockdep/page-cache';
import { confirmAll, explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { type Scenario, type ScenarioSettings, scenarioProgram } from '../src/index.ts';

export interface Bug {
  readonly id: string;
  readonly scenario: Pick<Scenario, 'build'>;
  readonly switched: ScenarioSettings;
  /** For a defect that kernels have: the switches that repair it. Default: none at all. */
  readonly repaired?: BugSwitches;
  /** A finding about this page (default: stale bytes), or a deadlock between these two locks. */
  readonly shows: { readonly kind?: FindingKind; readonly file: string; readonly index: number } | readonly string[];
  /** For a defect without a switch: the program as it should be. */
  readonly sound?: Pick<Scenario, 'build'>;
  /** There are too many interleavings to prove the program without the switch: some of them at random. */
  readonly samples?: boolean;
}

function run(
  { scenario, samples = false }: Bug,
  settings: ScenarioSettings,
  executions: number,
  counts: (finding: Finding) => boolean = () => true,
) {
  const found: Finding[] = [];
  const program = scenarioProgram(scenario, settings, { counts, onFindings: (findings) => found.push(...findings) });
  const strategy = samples ? 'portfolio' : 'source-dpor';
  const budget = { steps: 1_000, ms: 25_000, executions };
  return { found, result: explore(program, { strategy, stopOnFailure: true, validator: null, minimise: 0, budget }) };
}

/** The defect itself, not its milder forms: for stale bytes, those of another file or of a block that is not the file's. */
function withSwitch(bug: Bug): void {
  const { shows, switched } = bug;
  if ('file' in shows) {
    const { kind = 'stale-block-exposure', file, index } = shows;
    const isIt = (finding: Finding): boolean => finding.kind === kind;
    const { found, result } = run(bug, switched, 20_000, isIt);
    expect(result.verdict).toBe('fail');
    expect(found.filter(isIt).length).toBeGreaterThan(0);
    for (const finding of found) expect(finding).toMatchObject({ file, index });
    expect(result.failures[0]?.message).toContain(`${kind}: ${file}[${index}]`);
    return;
  }
  const { result } = run(bug, switched, 20_000);
  expect(result.verdict).toBe('deadlock');
  const waits = JSON.stringify(result.failures[0]?.waits);
  for (const lock of shows) expect(waits).toContain(lock);
}

function withoutSwitch(bug: Bug): void {
  const settings = { ...bug.switched, bugs: bug.repaired ?? {} };
  const program = { ...bug, scenario: bug.sound ?? bug.scenario };
  const { result } = run(program, settings, bug.samples === true ? 100 : 1_000_000);
  expect(result.failures.map(({ message }) => message)).toEqual([]);
  if (bug.samples !== true) expect(result.exhausted).toBe(true);
}

/** The orders that ordinary runs with the switch show: each is made to deadlock, or shown not to. */
function decided({ scenario, switched }: Bug): void {
  const validator = new Validator({ sites: false });
  const program = scenarioProgram(scenario, { ...switched, validator });
  const budget = { ms: 25_000, executions: 2_000, steps: 1_000 };
  const answers = confirmAll(program, { validator, budget, minimise: 5_000 });
  expect(answers.filter(({ verdict }) => verdict === 'unconfirmed').map(({ reason }) => reason)).toEqual([]);
}

/** Two tests for each, three for a deadlock. */
export function reproduceBugs(bugs: readonly Bug[]): void {
  describe.each(bugs.map((bug) => [bug.id, bug] as const))('%s', (_, bug) => {
    test('with its switch', () => withSwitch(bug));
    test('without it', () => withoutSwitch(bug));
    const { shows, samples = false } = bug;
    if (!('file' in shows) && !samples) test('what the validator reports of it is decided', () => decided(bug));
  });
}
