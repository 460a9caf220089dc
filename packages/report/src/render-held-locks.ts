/** The dump "Showing all locks held in the system": every task's held stack, and what it waits for. */
import type { LockRef } from '@lockdep/core';
import { heldLines } from './text/held-text.ts';
import { lockText } from './text/notation.ts';
import { printable } from './text/printable.ts';
import { type TextOptions, textStyle } from './text/text-style.ts';

/** What one task holds, oldest first, and what it is blocked on. */
export interface TaskLocks {
  readonly task: string;
  readonly held: readonly LockRef[];
  readonly waitsFor?: LockRef | null;
}

const BAR = '='.repeat(45);

/** Renders the held locks of all tasks, in the order given; tasks that neither hold nor wait for anything are left out. */
export function renderHeldLocks(tasks: readonly TaskLocks[], options: TextOptions = {}): string {
  const style = textStyle(options);
  const busy = tasks.filter((task) => task.held.length > 0 || (task.waitsFor ?? null) !== null);
  const lines = ['', style.paint('heading', 'Showing all locks held in the system:')];
  if (busy.length === 0) lines.push('no locks held.');
  for (const { task, held, waitsFor } of busy) {
    lines.push(...heldLines(task, held, style));
    if (waitsFor) lines.push(style.paint('warning', ` ${printable(task)} waits for: ${lockText(waitsFor, style)}`));
  }
  return `${[...lines, '', BAR, ''].join('\n')}\n`;
}
