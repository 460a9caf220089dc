/**
 * A scenario as a program for an explorer: tasks started, the final state inspected by the oracle.
 *
 * @example
 * const result = explore(scenarioProgram(punchVersusRead, { fs: 'ext4', profile: 'merged' }));
 */
import { type Finding, type Proc, type SimulationLike, simulatedMachine } from '@lockdep/page-cache';
import type { Scenario, ScenarioSettings } from './scenario.ts';

/** What is used of a simulation to run a scenario. */
export interface ScenarioSimulation extends SimulationLike {
  task(name: string, code: () => never): unknown;
  final(check: () => unknown): void;
}

/** `onFindings` is told what was found at the end of each execution that ended. */
export function scenarioProgram(
  scenario: Pick<Scenario, 'build'>,
  settings: ScenarioSettings,
  onFindings?: (findings: readonly Finding[]) => void,
): (sim: ScenarioSimulation) => void {
  return (sim) => {
    const { engine, tasks } = scenario.build(simulatedMachine(sim), settings);
    for (const [name, code] of Object.entries(tasks))
      sim.task(name, code as () => Proc<never> as unknown as () => never);
    sim.final(() => {
      const verdict = engine.inspect();
      onFindings?.(engine.oracle.findings);
      return verdict ?? true;
    });
  };
}
