/** Something to `yield*` that is no step: it has its value already. */
import type { Act } from './machine.ts';

/** Something to `yield*` that takes no step and answers `value`. */
export function immediate<T>(value: T): Act<T> {
  return { [Symbol.iterator]: () => ({ next: () => ({ done: true, value }) }) };
}
