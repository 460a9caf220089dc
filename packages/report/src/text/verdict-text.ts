/** How sure a report is, in lines: the verdict and why; of a confirmed one the schedule and the call that repeats it, of an undecided one how close it came. */
import type { Verdict, VerdictKind } from '@lockdep/core';
import { diagramLines, replayLines, scheduleTitle } from '../story/proof.ts';
import { printable } from './printable.ts';
import type { Ink, TextStyle } from './text-style.ts';

const INKS: { readonly [K in VerdictKind]?: Ink } = { confirmed: 'error', predicted: 'error', refuted: 'good' };

/** The lines after those of a report that has a verdict only once there is a proof. */
export function provenLines(verdict: Verdict | undefined, style: TextStyle): string[] {
  return verdict === undefined ? [] : ['', ...verdictLines(verdict, style)];
}

/** The lines. */
export function verdictLines({ kind, reason, schedule, closest }: Verdict, style: TextStyle): string[] {
  const ink = INKS[kind];
  const line = `verdict: ${kind}: ${printable(reason)}`;
  const lines = [ink === undefined ? line : style.paint(ink, line)];
  if (closest !== undefined) lines.push(`closest: ${printable(closest)}`);
  if (schedule === undefined) return lines;
  return [
    ...lines,
    '',
    style.paint('heading', `${scheduleTitle(schedule)}:`),
    '',
    ...diagramLines(schedule).map((one) => (one === '' ? '' : `  ${one}`)),
    '',
    'To repeat it, with @lockdep/simulator:',
    ...replayLines(schedule).map((one) => `  ${one}`),
  ];
}
