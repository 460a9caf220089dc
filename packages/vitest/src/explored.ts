/** Explorations as assertions take them, and what they leave for the run's page. */
import type { Report } from '@lockdep/core';
import { reportHeading, type Schedule } from '@lockdep/report';
import type { SimOptions } from './explore-and-confirm.ts';
import { testWatch } from './test-watch.ts';

/** What `toDeadlock` and `toHoldUnderAllSchedules` need of an exploration; an `ExploreResult` of `@lockdep/simulator` is one. */
export interface Explored {
  readonly verdict: 'ok' | 'deadlock' | 'fail';
  readonly executions: number;
  readonly exhausted: boolean;
  readonly seed: number;
  readonly estimate: { readonly statement: string };
  readonly failures: readonly (Omit<Schedule, 'title'> & {
    readonly kind: string;
    readonly message: string;
    readonly diagram: string;
    readonly literal: string;
  })[];
  /** Those of orders say whether they happen, where that has been looked for. */
  readonly reports?: readonly Report[];
}

/** So many of an assertion's failures go to the page. */
const SHOWN = 3;

/** An exploration, what gives one, or a program to explore. */
export async function explored(received: unknown, options: SimOptions = {}): Promise<Explored> {
  const result = await exploration(received, options);
  testWatch()
    .current()
    ?.schedules.push(...result.failures.slice(0, SHOWN).map(scheduleOf));
  return result;
}

async function exploration(received: unknown, options: SimOptions): Promise<Explored> {
  const value: unknown = await received;
  if (isExplored(value)) return value;
  const isProgram = typeof value === 'function' || (typeof value === 'object' && value !== null && 'tasks' in value);
  if (!isProgram) {
    throw new TypeError(
      'toDeadlock and toHoldUnderAllSchedules need a program or the result of exploring one: expect((sim) => { … }) or expect(sim.explore(…))',
    );
  }
  const { exploreUntilDecided } = await import('./explore-and-confirm.ts');
  return exploreUntilDecided(value as never, options);
}

function scheduleOf({ kind, message, schedule, waits, literal, sites }: Explored['failures'][number]): Schedule {
  return {
    title: kind,
    message,
    schedule,
    literal,
    ...(waits === undefined ? {} : { waits }),
    ...(sites === undefined ? {} : { sites }),
  };
}

function isExplored(value: unknown): value is Explored {
  return typeof value === 'object' && value !== null && 'verdict' in value && 'failures' in value;
}

/** The first failure (of a kind) as text: what, the interleaving, the schedule to paste. */
export function failureText({ failures, executions, seed }: Explored, kind?: string): string {
  const failure = failures.find((found) => kind === undefined || found.kind === kind);
  if (failure === undefined) return '';
  const { message, diagram, literal } = failure;
  return `${message}\n\n${diagram}\n\nschedule: ${literal}\n(seed ${seed}, ${executions} executions)`;
}

/** What became of each inversion, a line each, where that has been looked for. */
export function decidedText({ reports = [] }: Explored): string {
  const lines = reports.flatMap((report) => {
    const verdict = 'verdict' in report ? report.verdict : undefined;
    if (verdict === undefined || !DECIDED.has(verdict.kind)) return [];
    const closest = verdict.closest === undefined ? '' : ` (closest: ${verdict.closest})`;
    return [`\n${reportHeading(report)}: ${verdict.kind}, ${verdict.reason}${closest}`];
  });
  return lines.join('');
}

const DECIDED: ReadonlySet<string> = new Set(['confirmed', 'refuted', 'unconfirmed']);
