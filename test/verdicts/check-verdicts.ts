/** Holds the verdicts of circular reports against the deadlocks a program can really run into. */
import { type Program, reachableDeadlocks, validate } from './section-program.ts';

export interface VerdictCount {
  readonly deadlocking: number;
  readonly verdicts: ReadonlyMap<string, number>;
  /** Programs with a circle called possible of which no deadlock is reachable. */
  readonly falseAlarms: number;
  /** Deadlocks that no report of verdict possible or above covers: the program and the locks. */
  readonly wrong: readonly string[];
}

export function checkVerdicts(programs: readonly Program[]): VerdictCount {
  const verdicts = new Map<string, number>();
  const wrong: string[] = [];
  let deadlocking = 0;
  let falseAlarms = 0;
  for (const program of programs) {
    const reports = validate(program).filter((report) => report.kind === 'circular');
    for (const { verdict } of reports) verdicts.set(verdict.kind, (verdicts.get(verdict.kind) ?? 0) + 1);
    const sure = reports.filter(({ verdict }) => ['possible', 'predicted', 'confirmed'].includes(verdict.kind));
    const circles = sure.map((report) => new Set(report.cycle.map((hop) => hop.from.name)));
    const deadlocks = reachableDeadlocks(program);
    if (deadlocks.size > 0) deadlocking += 1;
    for (const deadlock of deadlocks) {
      // A closing dependency is reported with one circle, the nearest that can be: others through it are not listed apart.
      const covered = circles.some((circle) => deadlock.split(',').some((lock) => circle.has(lock)));
      if (!covered) wrong.push(`${deadlock} in ${JSON.stringify(program)}`);
    }
    if (deadlocks.size === 0 && sure.length > 0) falseAlarms += 1;
  }
  return { deadlocking, verdicts, falseAlarms, wrong };
}
