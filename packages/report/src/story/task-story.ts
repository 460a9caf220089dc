/**
 * A report as what each task does, step by step: the common ground of SARIF's thread flows, the columns of the HTML page and
 * the tables of Markdown. A report about one task gives one story: what it holds, oldest first, then what went wrong.
 *
 * Every report has at least one story, every story at least one step. Linear in the report.
 */
import type { Hop, LockRef, Report, Site } from '@lockdep/core';
import { modeText } from '../text/notation.ts';
import { printable } from '../text/printable.ts';
import { reportTitle } from '../text/render-text.ts';
import { participantName } from '../text/scenario-block.ts';
import { instanceName, lockName } from './lock-name.ts';

/** One step of a task. */
export interface StoryStep {
  readonly text: string;
  readonly site: Site;
  /** The step that cannot go on (or went wrong), as opposed to those that led there. */
  readonly isCulprit: boolean;
}

/** What one task does. */
export interface TaskStory {
  /** `T1 writer`, or the task's plain name where there is only one. */
  readonly name: string;
  /** It shows the dependency that is new in this report. */
  readonly isNew: boolean;
  readonly steps: readonly StoryStep[];
}

/** The stories of a report, the new dependency's first. */
export function taskStories(report: Report): TaskStory[] {
  switch (report.kind) {
    case 'circular':
      return report.cycle.map(hopStory);
    case 'irq-inversion':
    case 'irq-order':
      return [...report.path.map(hopStory), ...contextStories(report, report.path.length)];
    case 'deadlock':
      return report.waits.map(({ task, wants }, index) => {
        const holds = report.waits
          .filter((wait) => wait.heldBy === task)
          .map((wait) => step(`holds ${lockName(wait.wants)}`, wait.heldSite));
        return {
          name: participantName(index, task),
          isNew: false,
          steps: [...holds, culprit(`waits for ${lockName(wants)}, ${modeText(wants.mode)}`, wants.site)],
        };
      });
    default:
      return [ownStory(report)];
  }
}

function step(text: string, site: Site): StoryStep {
  return { text, site, isCulprit: false };
}

function culprit(text: string, site: Site): StoryStep {
  return { text, site, isCulprit: true };
}

function hopStory(hop: Hop, index: number): TaskStory {
  return {
    name: participantName(index, hop.task),
    isNew: hop.isNew,
    steps: [
      step(`takes ${instanceName(hop.outerLock, hop.from.name)}, ${modeText(hop.heldMode)}`, hop.outerSite),
      culprit(`wants ${instanceName(hop.innerLock, hop.to.name)}, ${modeText(hop.wantMode)}`, hop.innerSite),
    ],
  };
}

/** Where the context's usage of a lock was seen, as one more task: the interrupt. */
function contextStories(
  report: Extract<Report, { readonly kind: 'irq-inversion' | 'irq-order' }>,
  index: number,
): TaskStory[] {
  const [used, usedSite, open, openSite] =
    report.kind === 'irq-order'
      ? [report.safe.name, report.safeSite, report.unsafe.name, report.unsafeSite]
      : report.direction === 'forwards'
        ? [report.lock.class.name, report.lock.site, report.other.name, report.otherSite]
        : [report.other.name, report.otherSite, report.lock.class.name, report.lock.site];
  const context = printable(report.state.toLowerCase());
  return [
    {
      name: participantName(index, `${context} context`),
      isNew: false,
      steps: [
        culprit(`takes ${printable(used)} in ${context} context`, usedSite),
        step(`${printable(open)} is held elsewhere with ${context} enabled`, openSite),
      ],
    },
  ];
}

/** The locks held, then the event that was wrong. */
function ownStory(report: Report): TaskStory {
  const [wrong, held] = subject(report);
  const isSubject = (lock: LockRef): boolean => lock === wrong?.lock;
  return {
    name: report.task === '' ? 'the task' : printable(report.task),
    isNew: false,
    steps: [
      ...held
        .filter((lock) => !isSubject(lock))
        .map((lock) => step(`holds ${lockName(lock)}, ${modeText(lock.mode)}`, lock.site)),
      ...(report.kind === 'inconsistent-state' ? [step(`earlier: ${report.oldUsage}`, report.oldSite)] : []),
      wrong === null ? culprit(reportTitle(report), report.site) : culprit(wrong.text, wrongSite(report, wrong.lock)),
    ],
  };
}

/** Of a lock that is wanted the place is known; of one that is held, the place is where it was taken, not what was wrong. */
function wrongSite(report: Report, lock: LockRef): Site {
  const sites = 'want' in report ? [lock.site, report.site] : [report.site, lock.site];
  return sites.find((site) => site.frames.length > 0) ?? { frames: [] };
}

interface Subject {
  readonly lock: LockRef;
  readonly text: string;
}

/** The lock a report is about, with what is done to it; and what the task holds. */
function subject(report: Report): [Subject | null, readonly LockRef[]] {
  if (report.kind === 'held-at-exit') return [null, report.left];
  if ('want' in report) {
    const text = `wants ${lockName(report.want)}, ${modeText(report.want.mode)}`;
    return [{ lock: report.want, text }, report.held];
  }
  if (!('lock' in report) || report.lock === null) return [null, report.held];
  const what =
    'action' in report ? report.action : report.kind === 'assertion' ? `assert ${report.asserted}` : report.kind;
  return [{ lock: report.lock, text: `${what}: ${lockName(report.lock)}` }, report.held];
}
