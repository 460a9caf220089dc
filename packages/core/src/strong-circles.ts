/**
 * All strong circles through one dependency, nearest first: what a single shortest path does not tell when that one cannot happen.
 *
 * Depth first with a growing bound on the length; exponential in principle, so it stops after {@link MOST_STEPS} edges looked
 * at. Runs only for a circle whose verdict is milder than possible.
 */
import { BLOCKING_INNER, SHARED_OUTER } from './dependency.ts';
import type { OrderGraph } from './order-graph.ts';

const LONGEST = 8;
const MOST_STEPS = 20_000;

/** Calls `visit` with each circle (its edges, `closing` first) until it answers true; true if it did. */
export function eachStrongCircle(
  order: OrderGraph,
  closing: number,
  visit: (circle: readonly number[]) => boolean,
): boolean {
  let steps = 0;
  const target = order.from[closing]!;
  const path = [closing];
  const on = new Set([order.to[closing]!]);
  /** `weak`: reached only by a recursive reader, who waits for no reader. */
  const walk = (node: number, weak: boolean, left: number): boolean => {
    for (let edge = order.firstOut[node]!; edge !== -1; edge = order.nextOut[edge]!) {
      if (steps++ > MOST_STEPS) return false;
      const bits = weak ? order.bits[edge]! & ~SHARED_OUTER : order.bits[edge]!;
      if (bits === 0) continue;
      const to = order.to[edge]!;
      const nowWeak = (bits & BLOCKING_INNER) === 0;
      if (to === target) {
        if (left === 1 && closes(order.bits[closing]!, nowWeak, weakAtStart) && visit([...path, edge])) return true;
      } else if (left > 1 && !on.has(to)) {
        path.push(edge);
        on.add(to);
        if (walk(to, nowWeak, left - 1)) return true;
        path.pop();
        on.delete(to);
      }
    }
    return false;
  };
  const weakAtStart = (order.bits[closing]! & BLOCKING_INNER) === 0;
  for (let length = 1; length < LONGEST; length++) {
    if (walk(order.to[closing]!, weakAtStart, length)) return true;
    if (steps > MOST_STEPS) return false;
  }
  return false;
}

/** Does the last joint, at the outer end of the closing dependency, block? */
function closes(closing: number, lastWeak: boolean, startsWeak: boolean): boolean {
  const usable = startsWeak ? closing & ~BLOCKING_INNER : closing;
  return !lastWeak || (usable & ~SHARED_OUTER) !== 0;
}
