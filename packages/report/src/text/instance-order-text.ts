/** Reports about the order of locks of one class among themselves: which two, by which keys, and what they contradict. */
import type { NestedPair, OrderKeys } from '@lockdep/core';
import type { KindText, ReportOf } from './kind-text.ts';
import { lockText, wantAndHolding } from './notation.ts';
import { printable } from './printable.ts';
import type { TextStyle } from './text-style.ts';
import { provenLines } from './verdict-text.ts';

export const instanceOrderText: KindText<'instance-order'> = {
  title: () => 'WARNING: locks of one class nested against their order',
  body: (report, style) => [
    ...pairLines(report, style),
    ...(report.comparable
      ? [`which is not the order of the class: by ${report.by}.`]
      : [`which the order of the class (by ${report.by}) cannot compare: they are of different scope.`]),
    ...earlierLines('the order was seen at:', report.earlier),
    ...provenLines(report.verdict, style),
  ],
};

export const orderFlipText: KindText<'order-flip'> = {
  title: () => 'NOTE: order of the same two objects flipped with their addresses',
  body: (report, style) => [
    ...pairLines(report, style),
    `which follows the order of the class (by ${report.by}), but the same two were nested the other way round before.`,
    ...earlierLines('before:', report.earlier),
    'This cannot deadlock by itself; nothing ordered by what the objects are may nest under it.',
    ...provenLines(report.verdict, style),
  ],
};

export const interleavedOrderText: KindText<'interleaved-order'> = {
  title: () => 'WARNING: classes with orders of their own taken interleaved',
  body: (report, style) => [
    ...wantAndHolding(report.task, report.want, report.holding, style),
    'and has taken in between:',
    lockText(report.between, style),
    ...provenLines(report.verdict, style),
  ],
};

function pairLines(report: ReportOf<'instance-order' | 'order-flip'>, style: TextStyle): string[] {
  return [...wantAndHolding(report.task, report.want, report.holding, style), ...keyLines(report.pair), ''];
}

function earlierLines(heading: string, earlier: NestedPair | null): string[] {
  return earlier === null ? [] : ['', heading, ...keyLines(earlier)];
}

function keyLines({ outer, inner, outerLock, innerLock }: NestedPair): string[] {
  return [`  outer ${printable(outerLock)}: ${keysText(outer)}`, `  inner ${printable(innerLock)}: ${keysText(inner)}`];
}

function keysText(keys: OrderKeys): string {
  const text = (name: string, value: number): string =>
    name === 'address' ? `0x${value.toString(16)}` : String(value);
  return Object.entries(keys)
    .map(([name, value]) => `${printable(name)} ${text(name, value)}`)
    .join(', ');
}
