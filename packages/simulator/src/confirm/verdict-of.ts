/** A confirmation as the verdict of its report: plain data, for `validator.prove` and for all that shows reports. */
import { type ProvenSchedule, parseStack, type ScheduleStep, type Site, type Verdict } from '@lockdep/core';
import type { Failure } from '../failure/failure.ts';
import { stepsOf } from '../failure/schedule.ts';
import type { Closest, Confirmation } from './confirmation.ts';

/** @example for (const one of confirmAll(program)) validator.prove(one.report, verdictOf(one)); */
export function verdictOf({ verdict, reason, failure, closest }: Confirmation): Verdict {
  return {
    kind: verdict,
    reason,
    ...(failure === undefined ? {} : { schedule: provenSchedule(failure) }),
    ...(closest === undefined ? {} : { closest: closestText(closest) }),
  };
}

function provenSchedule({ schedule, sites, waits, minPreemptions, diagram, literal }: Failure): ProvenSchedule {
  return {
    steps: stepsOf(schedule).map(({ task, label }, at): ScheduleStep => {
      const site = sites[at] ?? null;
      return { task, text: label, ...(site === null ? {} : { site: siteOf(site) }) };
    }),
    waits: waits.map(({ task, wants, heldBy }) => ({ task, wants, heldBy: [...heldBy] })),
    preemptions: minPreemptions,
    diagram,
    literal,
  };
}

/** `code (/path/model.ts:12:5)`, as the innermost frame of a failure is written. */
function siteOf(text: string): Site {
  const [frame = { text }] = parseStack(`    at ${text}`);
  return { frames: [frame] };
}

function closestText({ paused, released }: Closest): string {
  const stood = paused.length === 0 ? 'no task got to its request' : inWords(paused);
  return released === null ? stood : `${stood}, but ${released}`;
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
