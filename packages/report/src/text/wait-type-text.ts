/** Wait types in words: the number of the ladder, and its name in the kernel. */
import { WAIT_NAMES } from '@lockdep/core';

/** `4 (sleep)`; a number outside the ladder as it is. */
export function waitTypeText(waitType: number): string {
  const name = WAIT_NAMES[waitType];
  return name === undefined ? String(waitType) : `${waitType} (${name})`;
}
