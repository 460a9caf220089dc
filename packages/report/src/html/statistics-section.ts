/** Waits and holds per class: bars of what costs most, then the table of `/proc/lock_stat` with the places that contended. */
import type { LockStat } from '@lockdep/core';
import { shortened } from '../text/shortened.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './render-html.ts';

/** Bars per plot, rows of the table. */
const BARS = 12;
const ROWS = 500;

const PLOTS: readonly (readonly [title: string, unit: string, value: (row: LockStat) => number])[] = [
  ['Contentions', '', (row) => row.wait.count],
  ['Waited, total', 'µs', (row) => row.wait.total],
  ['Waited, longest', 'µs', (row) => row.wait.max],
  ['Held, total', 'µs', (row) => row.hold.total],
  ['Held, longest', 'µs', (row) => row.hold.max],
  ['Acquisitions', '', (row) => row.acquisitions],
];

/** The section. */
export function statisticsSection(rows: readonly LockStat[]): Section {
  const plots = PLOTS.map(([title, unit, value]) => plot(title, unit, rows, value)).filter((one) => one !== null);
  const sorted = rows.toSorted((a, b) => b.wait.total - a.wait.total || b.hold.total - a.hold.total);
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
  const body = html`<div class="plots">${plots}</div>
<details${rows.length <= 30 ? html` open` : null}><summary>All classes, times in microseconds</summary><div class="wide"><table class="sortable">
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
  return html`<tr data-text="${row.name}"><th scope="row">${rowName(row)}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}<td>${places}</td></tr>\n`;
}

const WIDTH = 560;
const LINE = 22;
const LABEL = 200;
const VALUE = 100;

/** Horizontal bars, the longest first; null when all are zero. */
function plot(title: string, unit: string, rows: readonly LockStat[], value: (row: LockStat) => number): Markup | null {
  const top = rows
    .filter((row) => value(row) > 0)
    .toSorted((a, b) => value(b) - value(a))
    .slice(0, BARS);
  if (top.length === 0) return null;
  const longest = value(top[0]!);
  const bars = top.map((row, index) => {
    const width = Math.max(1, (value(row) / longest) * (WIDTH - LABEL - VALUE)).toFixed(1);
    const y = index * LINE;
    return html`<g><title>${rowName(row)}: ${number(value(row))} ${unit}</title><text x="${LABEL - 6}" y="${y + 15}" text-anchor="end">${shortened(rowName(row), 26)}</text><rect x="${LABEL}" y="${y + 3}" width="${width}" height="${LINE - 6}" rx="2"${row.mode === 'read' ? html` class="read"` : null}/><text x="${(LABEL + Number(width) + 6).toFixed(1)}" y="${y + 15}">${number(value(row))}</text></g>`;
  });
  return html`<figure><figcaption>${title}${unit === '' ? '' : `, ${unit}`}</figcaption><svg viewBox="0 0 ${WIDTH} ${top.length * LINE}" role="img" aria-label="${title}">${bars}</svg></figure>\n`;
}

function number(value: number): string {
  const digits = Number.isInteger(value) ? 0 : value < 10 ? 2 : value < 1000 ? 1 : 0;
  return value.toFixed(digits).replace(/\B(?=(?:\d{3})+(?:\.|$))/g, ',');
}
