/**
 * A schedule as people keep it: who runs, and what each of its steps says, stretch by stretch.
 *
 * `[['t1', 'lock A'], ['t2', 'lock B', 'lock A'], ['t1', 'lock B']]` is plain data: it survives in a test, reads like the diagram, and
 * replay can tell by the labels where a program has changed. A choice's outcome is part of its label.
 */

/** One task's stretch: its name, then the labels of the steps it takes. */
export type Stretch = readonly [task: string, ...labels: string[]];

/** Who ran, and what each step said: enough to replay an execution. */
export type Schedule = readonly Stretch[];

/** One step, as recorded. */
export interface ScheduledStep {
  readonly task: string;
  readonly label: string;
}

export function toSchedule(steps: readonly ScheduledStep[]): Schedule {
  const schedule: [string, ...string[]][] = [];
  for (const { task, label } of steps) {
    const last = schedule.at(-1);
    if (last !== undefined && last[0] === task) last.push(label);
    else schedule.push([task, label]);
  }
  return schedule;
}

export function stepsOf(schedule: Schedule): ScheduledStep[] {
  return schedule.flatMap(([task, ...labels]) => labels.map((label) => ({ task, label })));
}

/** Source text to paste into a test. */
export function toLiteral(schedule: Schedule): string {
  const lines = schedule.map((stretch) => `  [${stretch.map(quoted).join(', ')}],`);
  return lines.length === 0 ? '[]' : `[\n${lines.join('\n')}\n]`;
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
