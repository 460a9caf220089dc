/** A lock as stories name it: the class, and in brackets the instance where it has a name of its own. */
import type { LockRef } from '@lockdep/core';
import { printable } from '../text/printable.ts';

export function lockName({ lock, class: { name } }: LockRef): string {
  return instanceName(lock, name);
}

export function instanceName(label: string, className: string): string {
  return label === '' || label === className ? printable(className) : `${printable(className)} (${printable(label)})`;
}
