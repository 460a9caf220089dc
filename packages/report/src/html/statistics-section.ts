/** Waits and holds per class: bars of what costs most, how times spread, then `/proc/lock_stat`'s table with the places that contended. */
import type { LockStat } from '@lockdep/core';
import { shortened } from '../text/shortened.ts';
import { histogram, time } from './histogram.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './render-html.ts';

/** Bars per plot, rows of the table. */
const BARS = 8;
const ROWS = 500;

/** Classes whose distributions are drawn. */
const SPREADS = 9;

const PLOTS: readonly (readonly [title: string, isTime: boolean, value: (row: LockStat) => number])[] = [
  ['Contentions', false, (row) => row.wait.count],
  ['Waited, total', true, (row) => row.wait.total],
  ['Waited, longest', true, (row) => row.wait.max],
  ['Held, total', true, (row) => row.hold.total],
  ['Held, longest', true, (row) => row.hold.max],
  ['Acquisitions', false, (row) => row.acquisitions],
];

/** The section. */
export function statisticsSection(rows: readonly LockStat[]): Section {
  if (rows.length === 0)
    return { id: 'statistics', title: 'Statistics', count: 0, body: html`<p>No lock was timed.</p>` };
  const plots = PLOTS.map(([title, isTime, value]) => plot(title, isTime, rows, value)).filter((one) => one !== null);
  const sorted = rows.toSorted((a, b) => b.wait.total - a.wait.total || b.hold.total - a.hold.total);
  const spreads = sorted.map(spread).filter((one) => one !== null);
  const heads = [
    'class',
    'contentions',
    'wait avg',
    'wait max',
    'wait total',
    'acquisitions',
    'hold avg',
    'hold max',
    'hold total',
    'contended at',
  ];
  const keys = html`<span class="key write">write</span> <span class="key read">read</span>`;
  const body = html`${rows.some(({ mode }) => mode === 'read') ? html`<p>${keys}</p>` : null}<div class="plots">${plots}</div>
${spreads.length === 0 ? null : html`<h3>How times spread</h3>\n<p><span class="key hold">held</span> <span class="key wait">waited</span>; each on its own scale. A bar counts times up to twice as long as the bar before.${spreads.length > SPREADS ? ` The ${SPREADS} classes that cost most.` : ''}</p>\n<div class="spreads">${spreads.slice(0, SPREADS)}</div>`}
<details${rows.length <= 30 ? html` open` : null}><summary>All classes, times in microseconds</summary><div class="wide"><table class="sortable stats">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${sorted.slice(0, ROWS).map(tableRow)}</tbody>
</table></div>${rows.length > ROWS ? html`<p>${rows.length - ROWS} more are not shown.</p>` : null}</details>`;
  return { id: 'statistics', title: 'Statistics', count: rows.length, body };
}

function rowName({ name, mode }: LockStat): string {
  return mode === 'read' ? `${name} (read)` : name;
}

function tableRow(row: LockStat): Markup {
  const average = (total: number, count: number): string => (count === 0 ? '' : (total / count).toFixed(2));
  const cells = [
    String(row.wait.count),
    average(row.wait.total, row.wait.count),
    row.wait.max.toFixed(2),
    row.wait.total.toFixed(2),
    String(row.acquisitions),
    average(row.hold.total, row.hold.count),
    row.hold.max.toFixed(2),
    row.hold.total.toFixed(2),
  ];
  const places = row.contendedAt.map(({ place, count }) => `${place} (${count})`).join(', ');
  return html`<tr><th scope="row">${rowName(row)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}<td>${places}</td></tr>\n`;
}

const WIDTH = 560;
const LINE = 22;
const LABEL = 200;
const VALUE = 100;

/** The distributions of a class; null when nothing was timed. */
function spread(row: LockStat): Markup | null {
  const svg = histogram(`Times of ${rowName(row)}`, [
    { name: 'hold', times: row.hold },
    { name: 'wait', times: row.wait },
  ]);
  if (svg === null) return null;
  const waits = row.wait.count === 0 ? '' : `, waited ${row.wait.count}×`;
  return html`<figure data-text><figcaption><code>${rowName(row)}</code> <span class="dim">held ${row.hold.count}×${waits}</span></figcaption>${svg}</figure>\n`;
}

/** Horizontal bars, the longest first; null when all are zero. */
function plot(
  title: string,
  isTime: boolean,
  rows: readonly LockStat[],
  value: (row: LockStat) => number,
): Markup | null {
  const top = rows
    .filter((row) => value(row) > 0)
    .toSorted((a, b) => value(b) - value(a))
    .slice(0, BARS);
  if (top.length === 0) return null;
  const longest = value(top[0]!);
  const shown = (row: LockStat): string => (isTime ? time(value(row)) : number(value(row)));
  const bars = top.map((row, index) => {
    const width = Math.max(1, (value(row) / longest) * (WIDTH - LABEL - VALUE)).toFixed(1);
    const y = index * LINE;
    return html`<text class="of" x="${LABEL - 6}" y="${y + 15}">${shortened(rowName(row), 26)}</text><rect x="${LABEL}" y="${y + 3}" width="${width}" height="${LINE - 6}" ${row.mode === 'read' ? html` class="read"` : null}/><text x="${(LABEL + Number(width) + 6).toFixed(1)}" y="${y + 15}">${shown(row)}</text>`;
  });
  return html`<figure><figcaption>${title}</figcaption><svg viewBox="0 0 ${WIDTH} ${top.length * LINE}" role="img" aria-label="${title}">${bars}</svg></figure>\n`;
}

function number(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+(?:\.|$))/g, ',');
}
