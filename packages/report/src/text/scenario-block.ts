/** A scenario with what surrounds it in a report: the heading, the verdict, and why readers can wait for readers. */
import type { Mode } from '@lockdep/core';
import { modeText } from './notation.ts';
import { printable } from './printable.ts';
import { type Scenario, scenarioLines } from './scenario.ts';
import type { TextStyle } from './text-style.ts';

export const OTHER_INFO = 'other info that might help us debug this:';
const DEADLOCK = ' *** DEADLOCK ***';

/** `lock(&a, read);`, the line of a scenario. */
export function lockStep(name: string, mode: Mode): string {
  return `lock(${printable(name)}, ${modeText(mode)});`;
}

/** `T1 writer`, or `T1` where nobody knows which task it was. */
export function participantName(index: number, task: string): string {
  return task === '' ? `T${index}` : `T${index} ${printable(task)}`;
}

/** A scenario under its heading, closed by the verdict. */
export function scenarioBlock(heading: string, scenario: Scenario, style: TextStyle): string[] {
  return [
    '',
    style.paint('heading', ` ${heading}`),
    '',
    ...scenarioLines(scenario, style),
    '',
    style.paint('error', DEADLOCK),
  ];
}

/** Why a reader can wait for a reader; empty when nothing of the kind happens at any joint. */
export function readerNote(joints: readonly { readonly wants: Mode; readonly held: Mode }[]): string[] {
  const blocks = joints.some((joint) => joint.wants === 'read' && joint.held !== 'write');
  return blocks
    ? ['', ' A reader waits behind a queued writer: that is how a read blocks on a lock held for reading.']
    : [];
}
