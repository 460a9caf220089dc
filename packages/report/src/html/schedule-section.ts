/**
 * A schedule to be stepped through: a column per task, a row per step. Without scripts it is that table, with what each task holds;
 * with them, buttons, keys or a click light one row, and beside it stand the held locks of every task at that moment.
 */
import type { Frame } from '@lockdep/core';
import { type Moment, moments, type Schedule, type TaskState } from '../story/schedule.ts';
import { frameText } from '../text/notation.ts';
import { printable } from '../text/printable.ts';
import type { TextStyle } from '../text/text-style.ts';
import { html, type Markup } from './html.ts';
import { code, lines, type ReadSource } from './place.ts';
import type { Section } from './render-html.ts';

/** Steps shown; a longer schedule is nothing a person steps through. */
const STEPS = 400;

/** The section of all schedules. */
export function scheduleSection(
  schedules: readonly Schedule[],
  style: TextStyle,
  read: ReadSource | undefined,
): Section {
  const body = html`${schedules.map((schedule, index) =>
    scheduleArticle(schedule, { id: `schedule-${index + 1}`, mark: html` data-text="${schedule.title}"` }, style, read),
  )}`;
  return { id: 'schedules', title: 'Schedules', count: schedules.length, body };
}

/** How an article stands on the page: its id, and the attribute by which the search finds it where it is not part of something else. */
interface Standing {
  readonly id: string;
  readonly mark?: Markup;
}

/** One schedule, with its buttons. */
export function scheduleArticle(
  schedule: Schedule,
  { id, mark }: Standing,
  style: TextStyle,
  read: ReadSource | undefined,
): Markup {
  const all = moments(schedule);
  const shown = all.slice(0, STEPS);
  const tasks = all[0]?.states.map(({ task }) => task) ?? [];
  const { title, message = '', literal } = schedule;
  return html`<article class="schedule" id="${id}" tabindex="0" aria-label="Schedule: ${title}"${mark ?? null}>
<h3>${title}</h3>
${message === '' ? null : html`<p class="outcome">${message}</p>`}
<p class="tools" hidden><button type="button" data-move="first" aria-label="First step">|◀</button> <button type="button" data-move="-1">◀ back</button> <button type="button" data-move="1">next ▶</button> <button type="button" data-move="last" aria-label="Last step">▶|</button> <input type="range" min="0" max="${Math.max(0, shown.length - 1)}" value="0" aria-label="Step"> <output></output></p>
<div class="columns"><div class="wide"><table>
<thead><tr><th scope="col" class="number">step</th>${tasks.map((task) => html`<th scope="col">${task}</th>`)}<th scope="col" class="after">holds then</th></tr></thead>
<tbody>${shown.map((moment, at) => row(moment, at, tasks, style, read))}</tbody>
</table></div>
<div class="now" hidden aria-live="polite">${tasks.map((task) => html`<div class="task"><h4>${task}</h4><ol class="locks"></ol><p></p></div>`)}<div class="here"></div></div></div>
${all.length > STEPS ? html`<p class="dim">${all.length - STEPS} more steps are not shown.</p>` : null}${literal === undefined ? null : html`<details class="as-text"><summary>To replay it: <code>replay(program, …)</code> of @lockdep/simulator</summary><pre>${lines(literal)}</pre></details>`}
</article>
`;
}

function row(
  { task, label, isStuck, site, states }: Moment,
  at: number,
  tasks: readonly string[],
  style: TextStyle,
  read: ReadSource | undefined,
): Markup {
  const column = tasks.indexOf(task);
  const own = states[column]!;
  const frame = site === null ? null : frameOf(site);
  const step = html`${isStuck ? html`<strong class="waits">stuck: ${label}</strong>` : html`<code>${label}</code>`}${frame === null ? null : html`<code class="place">${frameText(frame, style)}</code>`}`;
  const source = frame === null ? null : code(frame, read);
  const now = JSON.stringify(states.map(stateData));
  return html`<tr data-task="${column}" data-now="${now}"${isStuck ? html` class="stuck"` : null}><th scope="row" class="number">${isStuck ? '' : at + 1}</th>${tasks.map((_, index) => (index === column ? html`<td class="step">${step}</td>` : html`<td></td>`))}<td class="after">${heldText(own).join(', ')}${own.waitsFor === null ? null : html` <strong class="waits">waits for ${own.waitsFor}</strong>`}${source === null ? null : html`<div class="source" hidden>${source}</div>`}</td></tr>\n`;
}

/** What the script shows: `[held, waitsFor]`, or null before the task begins. */
function stateData(state: TaskState): [readonly string[], string] | null {
  return state.hasBegun ? [heldText(state), printable(state.waitsFor ?? '')] : null;
}

function heldText({ held }: TaskState): string[] {
  return held.map(({ lock, isRead }) => printable(isRead ? `${lock} (read)` : lock));
}

/** `f (/path/a.ts:1:2)` or `/path/a.ts:1:2` as a frame. */
function frameOf(text: string): Frame {
  const [, name, file, line, column] = /^(?:(?:async )?(.*) \()?(.*?):(\d+):(\d+)\)?$/.exec(text) ?? [];
  if (file === undefined) return { text };
  const path = file.startsWith('file://') ? decodeURI(file.slice('file://'.length)) : file;
  return {
    ...(name === undefined ? {} : { function: name }),
    file: path,
    line: Number(line),
    column: Number(column),
    text,
  };
}
