/** Reports as numbered stories: a column per task with what it takes and wants, where, with the code around it; the cures. */
import type { Report, Verdict } from '@lockdep/core';
import { cures } from '../cures.ts';
import type { LockOrder } from '../graph/lock-order.ts';
import { reportClasses } from '../graph/neighbourhood.ts';
import { provenSchedule, steppable, verdictOf } from '../story/proof.ts';
import { reportHeading } from '../story/report-heading.ts';
import { type StoryStep, type TaskStory, taskStories } from '../story/task-story.ts';
import { renderText, reportTitle } from '../text/render-text.ts';
import type { TextStyle } from '../text/text-style.ts';
import { html, type Markup } from './html.ts';
import { lines, place, type ReadSource } from './place.ts';
import type { Section } from './render-html.ts';
import { scheduleArticle } from './schedule-section.ts';

/** So many stories are open from the start. */
const OPEN = 3;

/** What stories are told with. */
export interface StoryContext {
  readonly view: LockOrder;
  readonly style: TextStyle;
  readonly read: ReadSource | undefined;
  /** Per fingerprint: in which tests or runs it came up. */
  readonly seenIn: ReadonlyMap<string, readonly string[]>;
}

/** The section. */
export function storySection(reports: readonly Report[], context: StoryContext): Section {
  const body = html`${reports.map((report, index) => story(report, index, context))}`;
  return { id: 'stories', title: 'Reports', count: reports.length, body };
}

function story(report: Report, index: number, context: StoryContext): Markup {
  const { style } = context;
  const { rule, cures: usual } = cures[report.kind];
  const seen = report.count === 1 ? 'once' : `${report.count} times`;
  const at = report.event > 0 ? `, first at event ${report.event}` : '';
  const open = index < OPEN && !isRefuted(report) ? html` open` : null;
  const tests = context.seenIn.get(report.fingerprint) ?? [];
  const stories = taskStories(report);
  const sure = verdictOf(report);
  const proof = provenSchedule(report);
  return html`<details class="story ${report.level}" id="report-${index + 1}" data-text="${reportHeading(report)} ${tests.join(' ')}"${open}>
<summary><span class="count">${index + 1}</span> <span class="level">${report.level}</span> <span class="what">${title(report)}</span>${isRefuted(report) ? html` <span class="dim">refuted</span>` : null} <span class="names">${names(report)}</span></summary>
<p class="message">${report.message}</p>
${tests.length === 0 ? null : html`<p class="tests">In ${tests.map((test, at) => html`${at === 0 ? '' : ', '}<q>${test}</q>`)}</p>`}${sure === null ? null : verdict(sure)}
${circle(report, context.view)}<div class="tasks" style="--tasks:${Math.min(3, stories.length)}">${stories.map((one) => column(one, context))}</div>
${proof === null ? null : scheduleArticle(steppable(proof), { id: `proof-${index + 1}` }, style, context.read)}<div class="cure"><p><strong>${report.rule}</strong> ${rule}</p>
<p>The usual cures:</p><ul>${usual.map((cure) => html`<li>${cure}</li>`)}</ul></div>
<details class="as-text"><summary>As text</summary><pre>${lines(renderText(report, { root: style.root }))}</pre></details>
<p class="dim">Seen ${seen}${at}. Fingerprint <code>${report.fingerprint}</code></p>
</details>
`;
}

/** Nothing to be done about it: it stays folded. */
function isRefuted(report: Report): boolean {
  return verdictOf(report)?.kind === 'refuted';
}

function verdict({ kind, reason, closest }: Verdict): Markup {
  const close = closest === undefined ? null : html`<p class="dim">Closest: ${closest}</p>`;
  return html`<p><strong class="sure ${kind}">${kind}</strong> ${reason}</p>${close}`;
}

/** The kernel's title without its shouting. */
function title(report: Report): string {
  const text = reportTitle(report).replace(/^(?:WARNING|BUG|INFO|NOTE): /, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The classes it is about; around a circle with the first repeated. */
function names(report: Report): Markup {
  const around = report.kind === 'circular' ? report.cycle.map((hop) => hop.from.name) : reportClasses(report);
  const all = report.kind === 'circular' ? [...around, ...around.slice(0, 1)] : around;
  const between = report.kind === 'circular' ? ' → ' : ' ';
  return html`${all.map((name, index) => html`${index === 0 ? '' : between}<code>${name}</code>`)}`;
}

/** The dependencies of the circle, each a link to its details. */
function circle(report: Report, view: LockOrder): Markup | null {
  const hops = report.kind === 'circular' ? report.cycle : 'path' in report ? report.path : [];
  if (hops.length === 0) return null;
  const known = new Set([...view.edges, ...view.back, ...view.self].map((edge) => `${edge.from}-${edge.to}`));
  if (!hops.some(({ from, to }) => known.has(`${view.positions.get(from.name)}-${view.positions.get(to.name)}`)))
    return null;
  const links = hops.map(({ from, to, isNew }) => {
    const edge = `${view.positions.get(from.name)}-${view.positions.get(to.name)}`;
    const text = `${from.name} → ${to.name}`;
    // A graph that was cut, or a class removed since: told of, but nothing to open.
    const link = known.has(edge) ? html`<a href="#d${edge}">${text}</a>` : html`${text}`;
    return html`<li${isNew ? html` class="new"` : null}>${link}</li>`;
  });
  return html`<ol class="circle" aria-label="Dependencies">${links}</ol>`;
}

function column(one: TaskStory, context: StoryContext): Markup {
  const mark = one.isNew ? html` <span class="badge">new</span>` : null;
  return html`<div class="task"><h3>${one.name}${mark}</h3><ol>${one.steps.map((step) => stepItem(step, context))}</ol></div>`;
}

function stepItem(step: StoryStep, { style, read }: StoryContext): Markup {
  return html`<li${step.isCulprit ? html` class="culprit"` : null}>${step.text}${place(step.site, style, read)}</li>`;
}
