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
import { lockOrder } from '../graph/lock-order.ts';
import type { TaskLocks } from '../render-held-locks.ts';
import { textStyle } from '../text/text-style.ts';
import { heldSection } from './held-section.ts';
import { html, type Markup, trusted } from './html.ts';
import { orderSections } from './order-section.ts';
import { pageData } from './page-data.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { pictureSection } from './picture-section.ts';
import { type Schedule, scheduleSection } from './schedule-section.ts';
import { statisticsSection } from './statistics-section.ts';
import { storySection } from './story-section.ts';

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
  readonly readSource?: (file: string) => string | undefined;
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
  const sections: readonly Section[] = [
    ...(reports.length === 0 ? [] : [storySection(reports, view, style, input.readSource)]),
    await pictureSection(graph, view, reports),
    ...orderSections(view, reports, style),
    ...(input.schedules ?? []).map((schedule, index) => scheduleSection(schedule, index)),
    ...(input.heldLocks === undefined ? [] : [heldSection(input.heldLocks, style)]),
    ...(input.statistics === undefined ? [] : [statisticsSection(input.statistics)]),
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
<p class="verdict ${worst(reports)}">${verdict(reports)}</p>
<nav aria-label="Contents">${sections.map(({ id, title: name, count }) => html`<a href="#${id}">${name}${count === null ? '' : ` (${count})`}</a>`)}</nav>
<p class="tools" hidden><label>Search <input type="search" id="search" placeholder="class, place or task" autocomplete="off"></label> <output id="found"></output></p>
</header>
<main>
${sections.map(({ id, title: name, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${name}</h2>\n${body}\n</section>\n`)}</main>
<aside id="detail" aria-label="Details" tabindex="-1" hidden></aside>
<footer>Keys: <kbd>/</kbd> searches, <kbd>Tab</kbd> and <kbd>Enter</kbd> open a class or a dependency, <kbd>Esc</kbd> closes it; in a picture <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> zoom and arrows move.</footer>
<script type="application/json" id="data">${trusted(pageData(view, style))}</script>
<script>${trusted(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
}

function worst(reports: readonly Report[]): string {
  return ['error', 'warning', 'note'].find((level) => reports.some((report) => report.level === level)) ?? 'good';
}

function verdict(reports: readonly Report[]): string {
  if (reports.length === 0) return 'Nothing reported.';
  const counts = (['error', 'warning', 'note'] as const)
    .map((level) => [level, reports.filter((report) => report.level === level).length] as const)
    .filter(([, count]) => count > 0);
  return `${counts.map(([level, count]) => `${count} ${level}${count === 1 ? '' : 's'}`).join(', ')} reported.`;
}
