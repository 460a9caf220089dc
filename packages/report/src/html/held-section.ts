/** Who holds what, and who waits for what, when the page was made. */
import type { LockRef } from '@lockdep/core';
import type { TaskLocks } from '../render-held-locks.ts';
import { lockName } from '../story/lock-name.ts';
import { modeText } from '../text/notation.ts';
import type { TextStyle } from '../text/text-style.ts';
import { html, type Markup } from './html.ts';
import { place, type ReadSource } from './place.ts';
import type { Section } from './render-html.ts';

/** The section; tasks that neither hold nor wait for anything are left out. */
export function heldSection(tasks: readonly TaskLocks[], style: TextStyle, read: ReadSource | undefined): Section {
  const busy = tasks.filter((task) => task.held.length > 0 || (task.waitsFor ?? null) !== null);
  const lock = (one: LockRef, what: string): Markup =>
    html`<li${what === '' ? null : html` class="culprit"`}>${what}${lockName(one)}, ${modeText(one.mode)}${one.trylock ? ', trylock' : ''}${place(one.site, style, read)}</li>`;
  const body = html`<div class="tasks">${busy.map(
    ({ task, held, waitsFor }) =>
      html`<div class="task" data-text="${task}"><h3>${task}</h3><ol>${held.map((one) => lock(one, ''))}</ol>${
        waitsFor ? html`<ul>${lock(waitsFor, 'waits for ')}</ul>` : null
      }</div>`,
  )}</div>${busy.length === 0 ? html`<p>No locks held.</p>` : null}`;
  return { id: 'held', title: 'Held locks', count: busy.length, body };
}
