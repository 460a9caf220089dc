/** A task's held stack, oldest first, as reports and the dump of all tasks print it. */
import type { LockRef } from '@lockdep/core';
import { lockText, outerFrameLines } from './notation.ts';
import { printable } from './printable.ts';
import type { TextStyle } from './text-style.ts';

/** `2 locks held by main:` and a line per lock. */
export function heldLines(task: string, held: readonly LockRef[], style: TextStyle): string[] {
  return blockLines(task, held, style, () => []);
}

/** The same, each lock with the whole stack of the place where it was taken. */
export function heldStackLines(task: string, held: readonly LockRef[], style: TextStyle): string[] {
  return blockLines(task, held, style, (lock) => outerFrameLines(lock.site, 5, style));
}

function blockLines(
  task: string,
  held: readonly LockRef[],
  style: TextStyle,
  below: (lock: LockRef) => string[],
): string[] {
  if (held.length === 0) return [`no locks held by ${printable(task)}.`];
  const count = held.length === 1 ? '1 lock' : `${held.length} locks`;
  return [
    `${count} held by ${printable(task)}:`,
    ...held.flatMap((lock, index) => [` #${index}: ${lockText(lock, style)}`, ...below(lock)]),
  ];
}
