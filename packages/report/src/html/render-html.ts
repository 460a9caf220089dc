/**
 * The whole picture as one HTML file that opens from disk: the lock graph, inversions as stories, the hierarchy, tables,
 * statistics, held locks and schedules. It loads nothing, and its content security policy forbids it to; without scripts
 * everything can still be read, a script of a few kilobytes adds zoom, search and details.
 *
 * Up to {@link FULL_LIMIT} classes are drawn whole; above, the neighbourhood of each report and the order folded by rank, since
 * a larger picture helps nobody and takes seconds. The same input always gives the same text.
 */
import { createHash } from 'node:crypto';
import type { LockStat, Report } from '@lockdep/core';
import type { DirectedGraph } from 'graphology';
import { type LockOrder, lockOrder } from '../graph/lock-order.ts';
import type { TaskLocks } from '../render-held-locks.ts';
import type { Schedule } from '../story/schedule.ts';
import { textStyle } from '../text/text-style.ts';
import { heldSection } from './held-section.ts';
import { html, type Markup, trusted } from './html.ts';
import { hierarchySection, orderSections } from './order-section.ts';
import { pageData } from './page-data.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { pictureSection } from './picture-section.ts';
import type { ReadSource } from './place.ts';
import { scheduleSection } from './schedule-section.ts';
import { statisticsSection } from './statistics-section.ts';
import { storySection } from './story-section.ts';
import { tablesSection } from './tables-section.ts';

/** What {@link renderHtml} shows. */
export interface HtmlInput {
  readonly graph: DirectedGraph;
  readonly reports: readonly Report[];
  readonly title: string;
  readonly statistics?: readonly LockStat[];
  readonly heldLocks?: readonly TaskLocks[];
  /** Schedules to step through, e.g. the one that led to a deadlock. */
  readonly schedules?: readonly Schedule[];
  /** A folder to leave out of file names. */
  readonly root?: string;
  /** Gives the text of a source file (named as recorded), for code frames; undefined when it cannot be read. */
  readonly readSource?: ReadSource;
  /** Per fingerprint of a report: the tests or runs in which it came up. */
  readonly seenIn?: ReadonlyMap<string, readonly string[]>;
}

/** A part of the page; `count` is shown in the contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly count: number | null;
  readonly body: Markup;
}

/** Renders the page. */
export async function renderHtml(input: HtmlInput): Promise<string> {
  const { graph, reports, title } = input;
  const style = textStyle(input.root === undefined ? {} : { root: input.root });
  const view = lockOrder(graph, reports);
  const schedules = input.schedules ?? [];
  const tables = tablesSection(view, reports, style);
  const context = { view, style, read: input.readSource, seenIn: input.seenIn ?? new Map() };
  const sections: readonly Section[] = [
    ...(reports.length === 0 ? [] : [storySection(reports, context)]),
    ...(schedules.length === 0 ? [] : [scheduleSection(schedules, style, input.readSource)]),
    await pictureSection(graph, view, reports),
    hierarchySection(view),
    ...(tables === null ? [] : [tables]),
    ...(input.heldLocks === undefined ? [] : [heldSection(input.heldLocks, style, input.readSource)]),
    ...(input.statistics === undefined ? [] : [statisticsSection(input.statistics)]),
    ...orderSections(view, style),
  ];
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(pageScript).digest('base64')}'`;
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="tally">${tally(view, reports)}</p>
</header>
<div class="side">
<p class="tools" hidden><input type="search" id="search" placeholder="Search" aria-label="Search classes, places and tasks" autocomplete="off"><output id="found"></output></p>
<nav aria-label="Contents">${sections.map(({ id, title: name, count }) => html`<a href="#${id}">${name}${count === null ? null : html` <span class="count">${count}</span>`}</a>`)}</nav>
</div>
<main>
${sections.map(({ id, title: name, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${name}</h2>\n${body}\n</section>\n`)}</main>
<aside id="detail" aria-label="Details" tabindex="-1" hidden></aside>
<footer>Keys: <kbd>/</kbd> searches, <kbd>Tab</kbd> and <kbd>Enter</kbd> open a class or a dependency, <kbd>Esc</kbd> closes it; in a picture <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> zoom and arrows move; in a schedule <kbd>←</kbd> <kbd>→</kbd> step.</footer>
<script type="application/json" id="data">${trusted(pageData(view, style))}</script>
<script>${trusted(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
}

/** What there is, in one line: reports by level, then the size of the order. */
function tally({ classes, edges, back, self }: LockOrder, reports: readonly Report[]): Markup {
  const levels = (['error', 'warning', 'note'] as const)
    .map((level) => [level, reports.filter((report) => report.level === level).length] as const)
    .filter(([, count]) => count > 0);
  const found = levels.map(
    ([level, count]) => html`<span class="chip ${level}">${counted(count, level, `${level}s`)}</span> `,
  );
  const sizes = [
    counted(classes.length, 'class', 'classes'),
    counted(edges.length + back.length + self.length, 'dependency', 'dependencies'),
  ];
  return html`${reports.length === 0 ? html`<span class="chip good">Nothing reported</span> ` : found}<span class="dim">${sizes.join(', ')}</span>`;
}

function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}
