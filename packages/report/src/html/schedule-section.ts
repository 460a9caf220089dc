/**
 * A schedule, to be stepped through: a row per step with what its task holds afterwards. Without scripts it is the table;
 * with them, a slider lights one row and shows the held locks of every task at that moment beside it.
 */
import { printable } from '../text/printable.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './render-html.ts';

/** One step of a schedule. */
export interface ScheduleStep {
  readonly task: string;
  /** What the task does: `acquire i_rwsem`. */
  readonly label: string;
  /** What this task holds after the step, oldest first. */
  readonly held: readonly string[];
  /** What it waits for after the step. */
  readonly waitsFor?: string;
}

/** Steps in the order in which they happened. */
export interface Schedule {
  readonly title: string;
  readonly steps: readonly ScheduleStep[];
}

/** The section of the schedule of that number. */
export function scheduleSection({ title, steps }: Schedule, index: number): Section {
  const tasks = [...new Set(steps.map(({ task }) => task))];
  const last = Math.max(0, steps.length - 1);
  const body = html`<div class="schedule">
<p class="tools" hidden><button type="button" data-move="-1">◀ back</button> <input type="range" min="0" max="${last}" value="0" aria-label="Step"> <button type="button" data-move="1">next ▶</button> <output></output></p>
<div class="columns"><div class="wide"><table>
<thead><tr><th scope="col">step</th>${tasks.map((task) => html`<th scope="col">${task}</th>`)}<th scope="col">holds then</th></tr></thead>
<tbody>${steps.map((step, at) => row(step, at, tasks))}</tbody>
</table></div>
<div class="now" hidden aria-live="polite">${tasks.map((task, column) => html`<div class="task" data-task="${column}"><h3>${task}</h3><ol></ol><p></p></div>`)}</div></div>
</div>`;
  return { id: `schedule-${index + 1}`, title: `Schedule: ${title}`, count: steps.length, body };
}

function row(step: ScheduleStep, at: number, tasks: readonly string[]): Markup {
  const column = tasks.indexOf(step.task);
  const waits = step.waitsFor === undefined ? null : html` <strong class="waits">waits for ${step.waitsFor}</strong>`;
  const held = JSON.stringify(step.held.map(printable));
  return html`<tr data-task="${column}" data-held="${held}" data-waits="${step.waitsFor ?? ''}"><th scope="row">${at + 1}</th>${tasks.map((_, index) => html`<td>${index === column ? step.label : ''}</td>`)}<td>${step.held.join(', ')}${waits}</td></tr>\n`;
}
