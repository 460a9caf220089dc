/**
 * The schedule that proves a report, as renderers want it: the lines of its diagram, the steps of each task, or a schedule to step
 * through. Only a confirmed report has one. Linear in its steps.
 */
import type { ProvenSchedule, Report, Verdict } from '@lockdep/core';
import { printable } from '../text/printable.ts';
import type { Schedule } from './schedule.ts';
import type { StoryStep } from './task-story.ts';

/** How sure a report is; null where nobody has asked, or the question makes no sense. */
export function verdictOf(report: Report): Verdict | null {
  return 'verdict' in report ? (report.verdict ?? null) : null;
}

/** The schedule; null where none was found. */
export function provenSchedule(report: Report): ProvenSchedule | null {
  return verdictOf(report)?.schedule ?? null;
}

/** `The schedule that deadlocks, with 1 preemption`. */
export function scheduleTitle({ preemptions }: ProvenSchedule): string {
  return `The schedule that deadlocks, with ${preemptions} ${preemptions === 1 ? 'preemption' : 'preemptions'}`;
}

/** The diagram line by line, its tabs as spaces, so that it can stand beside other text. */
export function diagramLines({ diagram }: ProvenSchedule): string[] {
  return diagram.split('\n').map((line) => {
    const [first = '', ...rest] = line.split('\t');
    const open = rest.reduce((text, part) => text.padEnd((Math.floor(text.length / TAB) + 1) * TAB) + part, first);
    return printable(open.trimEnd());
  });
}

const TAB = 8;

/** The call that repeats it, line by line. */
export function replayLines({ literal }: ProvenSchedule): string[] {
  return `replay(program, ${literal});`.split('\n').map(printable);
}

/** What one task does in the schedule. */
export interface ScheduleStory {
  readonly name: string;
  /** With the number of each among the steps of all tasks, from 1. */
  readonly steps: readonly (StoryStep & { readonly order: number })[];
}

/** A story per task, in the order of their first steps; last in each what the task waits for at the end. */
export function scheduleStories({ steps, waits }: ProvenSchedule): ScheduleStory[] {
  const taken = steps.map(({ task, text, site }, at) => ({
    task,
    step: { text: printable(text), site: site ?? { frames: [] }, isCulprit: false, order: at + 1 },
  }));
  const stuck = waits.map(({ task, wants, heldBy }, at) => {
    const holders = heldBy.length === 0 ? '' : `, held by ${heldBy.map(printable).join(', ')}`;
    const text = `waits: ${printable(wants)}${holders}`;
    return { task, step: { text, site: { frames: [] }, isCulprit: true, order: steps.length + at + 1 } };
  });
  const byTask = Map.groupBy([...taken, ...stuck], ({ task }) => task);
  return [...byTask].map(([task, own]) => ({ name: printable(task), steps: own.map(({ step }) => step) }));
}

/** The same to step through. */
export function steppable(proof: ProvenSchedule): Schedule {
  const { steps, waits, literal } = proof;
  return {
    title: scheduleTitle(proof),
    schedule: steps.map(({ task, text }) => [task, text]),
    waits,
    literal,
    sites: steps.map(({ site }) => site?.frames[0]?.text ?? null),
  };
}
