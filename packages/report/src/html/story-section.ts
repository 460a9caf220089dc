/** Reports as numbered stories: a column per task with what it takes and wants, where, with the code around it; the cures. */
import type { Frame, Report, Site } from '@lockdep/core';
import { cures } from '../cures.ts';
import type { LockOrder } from '../graph/lock-order.ts';
import { reportHeading } from '../story/report-heading.ts';
import { type StoryStep, type TaskStory, taskStories } from '../story/task-story.ts';
import { frameText } from '../text/notation.ts';
import { printable } from '../text/printable.ts';
import { renderText, reportTitle } from '../text/render-text.ts';
import type { TextStyle } from '../text/text-style.ts';
import { codeFrame } from './code-frame.ts';
import { html, type Markup } from './html.ts';
import type { HtmlInput, Section } from './render-html.ts';

/** So many stories are open from the start. */
const OPEN = 3;

type Reader = HtmlInput['readSource'];

/** The section. */
export function storySection(reports: readonly Report[], view: LockOrder, style: TextStyle, read: Reader): Section {
  const body = html`${reports.map((report, index) => story(report, index, view, style, read))}`;
  return { id: 'stories', title: 'Reports', count: reports.length, body };
}

function story(report: Report, index: number, view: LockOrder, style: TextStyle, read: Reader): Markup {
  const { rule, cures: usual } = cures[report.kind];
  const seen = report.count === 1 ? 'once' : `${report.count} times`;
  const open = index < OPEN ? html` open` : null;
  const sure =
    report.kind === 'circular'
      ? html`<p>Verdict: <strong>${report.verdict.kind}</strong>, ${report.verdict.reason}.</p>`
      : null;
  return html`<details class="story ${report.level}" id="report-${index + 1}" data-text="${reportHeading(report)}"${open}>
<summary><span class="number">${index + 1}</span> <span class="level">${report.level}</span> ${reportHeading(report)}</summary>
<p><strong>${reportTitle(report)}</strong>, seen ${seen}, first at event ${report.event}. ${report.message}</p>
${sure}${circle(report, view)}<div class="tasks">${taskStories(report).map((one) => column(one, style, read))}</div>
<p>Rule ${report.rule}: ${rule}</p>
<ul class="cures">${usual.map((cure) => html`<li>${cure}</li>`)}</ul>
<details class="as-text"><summary>As text</summary><pre>${lines(renderText(report, { root: style.root }))}</pre></details>
<p class="dim">Fingerprint ${report.fingerprint}</p>
</details>
`;
}

/** The dependencies of the circle, each a link to its details. */
function circle(report: Report, view: LockOrder): Markup | null {
  const hops = report.kind === 'circular' ? report.cycle : 'path' in report ? report.path : [];
  if (hops.length === 0) return null;
  const known = new Set([...view.edges, ...view.back, ...view.self].map((edge) => `${edge.from}-${edge.to}`));
  const links = hops.map(({ from, to, isNew }) => {
    const edge = `${view.positions.get(from.name)}-${view.positions.get(to.name)}`;
    const names = `${from.name} → ${to.name}`;
    // A graph that was cut, or a class removed since: told of, but nothing to open.
    const link = known.has(edge) ? html`<a href="#d${edge}" data-edge="${edge}">${names}</a>` : html`${names}`;
    return html`<li${isNew ? html` class="new"` : null}>${link}</li>`;
  });
  return html`<ol class="circle" aria-label="Dependencies">${links}</ol>`;
}

function column(one: TaskStory, style: TextStyle, read: Reader): Markup {
  const mark = one.isNew ? html` <span class="badge">new</span>` : null;
  return html`<div class="task"><h3>${one.name}${mark}</h3><ol>${one.steps.map((step) => stepItem(step, style, read))}</ol></div>`;
}

function stepItem(step: StoryStep, style: TextStyle, read: Reader): Markup {
  return html`<li${step.isCulprit ? html` class="culprit"` : null}>${step.text}${place(step.site, style, read)}</li>`;
}

function place(site: Site, style: TextStyle, read: Reader): Markup {
  const [first, ...rest] = site.frames;
  if (first === undefined) return html` <span class="dim">(place not recorded)</span>`;
  const more =
    rest.length === 0
      ? null
      : html`<details><summary>${rest.length} more ${rest.length === 1 ? 'frame' : 'frames'}</summary><pre>${lines(rest.map((frame) => frameText(frame, style)).join('\n'))}</pre></details>`;
  return html`<code class="place">${frameText(first, style)}</code>${code(first, read)}${more}`;
}

function code(frame: Frame, read: Reader): Markup | null {
  if (frame.file === undefined || frame.line === undefined || read === undefined) return null;
  const source = read(frame.file);
  const shown = source === undefined ? null : codeFrame(source, frame.line, frame.column);
  return shown === null ? null : html`<pre class="code">${lines(shown)}</pre>`;
}

/** Text whose line breaks are meant: all else that does not print is escaped. */
function lines(text: string): Markup {
  return {
    markup: text
      .split('\n')
      .map((line) => html`${printable(line)}`.markup)
      .join('\n'),
  };
}
