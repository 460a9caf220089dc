/**
 * A scenario as a program for an explorer: tasks started, the final state inspected by the oracle.
 *
 * @example
 * const result = explore(scenarioProgram(punchVersusRead, { fs: 'ext4', profile: 'merged' }));
 */
import { type Finding, findingText, type Proc, type SimulationLike, simulatedMachine } from '@lockdep/page-cache';
import type { Scenario, ScenarioSettings } from './scenario.ts';

/** What is used of a simulation to run a scenario. */
export interface ScenarioSimulation extends SimulationLike {
  task(name: string, code: () => never): unknown;
  final(check: () => unknown): void;
}

/** Which findings fail an execution, and who is told of all of them. */
export interface ScenarioProgramOptions {
  /** Told what was found at the end of each execution that ended. */
  readonly onFindings?: (findings: readonly Finding[]) => void;
  /** Which findings fail the execution. Default: all. */
  readonly counts?: (finding: Finding) => boolean;
}

/** The program to explore. An execution fails with the first finding that counts, in words. */
export function scenarioProgram(
  scenario: Pick<Scenario, 'build'>,
  settings: ScenarioSettings,
  options: ScenarioProgramOptions = {},
): (sim: ScenarioSimulation) => void {
  return (sim) => {
    const { engine, tasks } = scenario.build(simulatedMachine(sim), settings);
    for (const [name, code] of Object.entries(tasks))
      sim.task(name, code as () => Proc<never> as unknown as () => never);
    sim.final(() => {
      engine.inspect();
      const { findings } = engine.oracle;
      options.onFindings?.(findings);
      const first = findings.find(options.counts ?? (() => true));
      return first === undefined ? true : findingText(first);
    });
  };
}
