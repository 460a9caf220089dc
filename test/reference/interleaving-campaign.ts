/**
 * Small random programs: what the validator predicts from each task running alone, against what can really happen when they run
 * together.
 */
import type { Report } from '@lockdep/core';
import { classifyAlarm } from './classify-alarm.ts';
import { explore } from './explore-locks.ts';
import { randomTasks, tasksText } from './lock-tasks.ts';
import { SeededRandom } from './seeded-random.ts';
import { validateTasks } from './validate-tasks.ts';

export interface InterleavingResult {
  readonly programs: number;
  readonly states: number;
  /** Programs that can deadlock, programs that cannot and are not reported. */
  readonly deadlocks: number;
  readonly clean: number;
  /** Programs that can deadlock and are not reported at all, or only as something that cannot happen; as text, with seeds. */
  readonly missed: readonly string[];
  readonly playedDown: readonly string[];
  /** Reported programs that cannot deadlock: by what the reports themselves say, and why (of the first so many). */
  readonly alarms: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

/** @param classified How many false alarms to explain; each takes some more explorations. */
export function compareWithInterleavings(first: number, count: number, classified: number): InterleavingResult {
  const alarms: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const missed: string[] = [];
  const playedDown: string[] = [];
  let [states, deadlocks, clean, left] = [0, 0, 0, classified];
  for (let seed = first; seed < first + count; seed++) {
    const program = randomTasks(new SeededRandom(seed));
    const exploration = explore(program);
    const reports = validateTasks(program);
    states += exploration.states;
    if (exploration.deadlock !== null) {
      deadlocks += 1;
      if (reports.length === 0) missed.push(`seed ${seed}:\n${tasksText(program)}`);
      else if (!reports.some(isSure)) playedDown.push(`seed ${seed}: ${summary(reports)}\n${tasksText(program)}`);
    } else if (reports.length === 0) clean += 1;
    else {
      count1(alarms, summary(reports));
      if (left-- > 0) count1(reasons, classifyAlarm(program));
    }
  }
  return { programs: count, states, deadlocks, clean, missed, playedDown, alarms, reasons };
}

const isSure = (report: Report): boolean =>
  report.kind === 'circular' ? report.verdict.kind === 'possible' : report.level !== 'note';

/** The strongest thing said: nobody reads on. */
function summary(reports: readonly Report[]): string {
  const said = reports.map((report) =>
    report.kind === 'circular' ? `circular, ${report.verdict.kind}` : `${report.kind}, ${report.level}`,
  );
  const order = ['recursive, error', 'circular, possible'];
  return order.find((strong) => said.includes(strong)) ?? said[0]!;
}

function count1(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
