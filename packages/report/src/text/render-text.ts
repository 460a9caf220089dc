/**
 * A report as text in the kernel's layout: bar, title, bar, who wants what, the chain, the scenario, held locks, stack; then
 * what the kernel leaves out: the rule broken and the usual cures. Ends with a newline. Linear in the report.
 */
import type { Report, ReportKind } from '@lockdep/core';
import { cures } from '../cures.ts';
import { inconsistentStateText, invalidWaitContextText, irqInversionText, irqOrderText } from './context-text.ts';
import { displayWidth } from './display-width.ts';
import { heldLines } from './held-text.ts';
import { instanceOrderText, interleavedOrderText, orderFlipText } from './instance-order-text.ts';
import type { KindText } from './kind-text.ts';
import {
  assertionText,
  badContentionText,
  badUnlockText,
  heldAtExitText,
  heldFreedText,
  nestNotHeldText,
  pinText,
  wwApiText,
} from './misuse-text.ts';
import { stackLines } from './notation.ts';
import { circularText, deadlockText, recursiveText } from './order-text.ts';
import { printable } from './printable.ts';
import { type TextOptions, type TextStyle, textStyle } from './text-style.ts';

const KINDS: { readonly [K in ReportKind]: KindText<K> } = {
  recursive: recursiveText,
  circular: circularText,
  'bad-unlock': badUnlockText,
  'held-freed': heldFreedText,
  'held-at-exit': heldAtExitText,
  'nest-not-held': nestNotHeldText,
  'invalid-wait-context': invalidWaitContextText,
  'inconsistent-state': inconsistentStateText,
  'irq-inversion': irqInversionText,
  'irq-order': irqOrderText,
  'instance-order': instanceOrderText,
  'order-flip': orderFlipText,
  'interleaved-order': interleavedOrderText,
  'ww-api': wwApiText,
  deadlock: deadlockText,
  assertion: assertionText,
  pin: pinText,
  'bad-contention': badContentionText,
};

/**
 * Renders a report for people.
 *
 * @example
 * validator.subscribe((report) => process.stderr.write(renderText(report, { color: process.stderr.isTTY })));
 */
export function renderText(report: Report, options: TextOptions = {}): string {
  const style = textStyle(options);
  // The table's row belongs to this very kind; the compiler cannot see that for a union.
  const kind = KINDS[report.kind] as KindText<ReportKind>;
  const lines = [
    ...headerLines(kind.title(report), report, style),
    ...kind.body(report, style),
    ...(kind.showsHeld === true ? [] : ['', ...heldLines(report.task, report.held, style)]),
    ...(report.site.frames.length === 0 ? [] : ['', 'stack backtrace:', ...stackLines(report.site, 1, style)]),
    ...closingLines(report, style),
  ];
  return `${lines.join('\n')}\n`;
}

/** The title of a report, e.g. `WARNING: possible circular locking dependency detected`. */
export function reportTitle(report: Report): string {
  return (KINDS[report.kind] as KindText<ReportKind>).title(report);
}

function headerLines(title: string, report: Report, style: TextStyle): string[] {
  const width = displayWidth(title);
  const seen = report.count === 1 ? 'seen once' : `seen ${report.count} times`;
  return [
    '',
    style.paint('dim', '='.repeat(width)),
    style.paint(report.level, title),
    `${report.level} ${printable(report.rule)}, ${seen}, first at event ${report.event}`,
    style.paint('dim', '-'.repeat(width)),
  ];
}

function closingLines(report: Report, style: TextStyle): string[] {
  const { rule, cures: usual } = cures[report.kind];
  return [
    '',
    `${style.paint('heading', `rule ${printable(report.rule)}:`)} ${rule}`,
    `here: ${printable(report.message)}`,
    style.paint('good', 'the usual cures:'),
    ...usual.map((cure) => style.paint('good', `  - ${cure}`)),
    style.paint('dim', `fingerprint: ${printable(report.fingerprint)}`),
  ];
}
