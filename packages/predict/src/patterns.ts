/**
 * Deadlock patterns: circles of abstract requests, each made while the lock of the one before was held, by different tasks whose held locks
 * do not exclude each other.
 *
 * Only locks on a circle of the lock graph can take part, which leaves nothing of most runs. Patterns are enumerated depth first from
 * the member with the smallest number; their number can be exponential, so both it and their length are bounded, and it is said when
 * a bound was met. (Tunç, Mathur, Pavlogiannis, Viswanathan: "Sound Dynamic Deadlock Prediction in Linear Time", PLDI 2023, §4.)
 */
import { type AbstractRequest, AbstractRequests, canMeet, waitsFor } from './abstract-requests.ts';
import type { RunTrace } from './run-trace.ts';

/** Members in order: each asks for a lock that the next one holds. */
export type Pattern = readonly AbstractRequest[];

/** How much is enumerated. */
export interface PatternBounds {
  /** Most tasks in a circle. Default 5. */
  readonly tasks?: number;
  /** Most patterns. Default 10,000. */
  readonly patterns?: number;
}

export interface Patterns {
  readonly patterns: readonly Pattern[];
  /** Not all were enumerated. */
  readonly bounded: boolean;
}

export function findPatterns(trace: RunTrace, bounds: PatternBounds = {}): Patterns {
  const { tasks = 5, patterns: most = 10_000 } = bounds;
  const requests = requestsOnCircles(trace);
  const patterns: Pattern[] = [];
  let bounded = false;

  function extend(members: readonly AbstractRequest[]): void {
    const last = members.at(-1)!;
    for (const next of requests.holding(last.lock)) {
      if (patterns.length >= most) {
        bounded = true;
        return;
      }
      if (!waitsFor(last, next)) continue;
      if (next === members[0]) {
        patterns.push(members);
        continue;
      }
      if (next.id < members[0]!.id || !members.every((member) => canMeet(member, next))) continue;
      if (members.length === tasks) bounded = true;
      else extend([...members, next]);
    }
  }
  for (const request of requests.all) extend([request]);
  return { patterns, bounded };
}

function requestsOnCircles(trace: RunTrace): AbstractRequests {
  const circular = locksOnCircles(trace);
  const requests = new AbstractRequests();
  for (const { sections } of trace.tasks) {
    for (const section of sections) if (circular.has(section.lock)) requests.add(section);
  }
  return requests;
}

/** Locks in a strong component of the graph held → wanted (Tarjan, without recursion). */
function locksOnCircles(trace: RunTrace): Set<number> {
  const next = new Map<number, Set<number>>();
  for (const { sections } of trace.tasks) {
    for (const { lock, under } of sections) {
      for (const outer of under ?? []) {
        const inner = next.get(outer.lock) ?? new Set<number>();
        next.set(outer.lock, inner.add(lock));
      }
    }
  }
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const found = new Set<number>();
  for (const root of next.keys()) {
    if (order.has(root)) continue;
    const path: { readonly lock: number; readonly rest: Iterator<number> }[] = [];
    const enter = (lock: number): void => {
      order.set(lock, order.size);
      low.set(lock, order.get(lock)!);
      stack.push(lock);
      onStack.add(lock);
      path.push({ lock, rest: (next.get(lock) ?? new Set<number>()).values() });
    };
    enter(root);
    while (path.length > 0) {
      const { lock, rest } = path.at(-1)!;
      const step = rest.next();
      if (step.done !== true) {
        if (!order.has(step.value)) enter(step.value);
        else if (onStack.has(step.value)) low.set(lock, Math.min(low.get(lock)!, order.get(step.value)!));
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) low.set(above.lock, Math.min(low.get(above.lock)!, low.get(lock)!));
      if (low.get(lock) !== order.get(lock)) continue;
      const component = stack.splice(stack.lastIndexOf(lock));
      for (const member of component) {
        onStack.delete(member);
        if (component.length > 1) found.add(member);
      }
    }
  }
  return found;
}
