/**
 * Requests that look the same are one: same task, lock, mode, and locks held. A run has many requests and few abstract ones; a deadlock
 * is looked for among these, and only then among their occasions. (PLDI 2023, §4: abstract acquires.)
 */
import type { Section } from './run-trace.ts';

/** Requests that differ only in when they were made. */
export interface AbstractRequest {
  readonly id: number;
  readonly task: number;
  readonly lock: number;
  readonly exclusive: boolean;
  /** What was held: locks, and whether exclusively. */
  readonly held: ReadonlyMap<number, boolean>;
  /** The requests, in the order of the run. */
  readonly occasions: Section[];
}

export class AbstractRequests {
  readonly all: AbstractRequest[] = [];
  readonly #known = new Map<string, AbstractRequest>();
  readonly #holding = new Map<number, AbstractRequest[]>();

  /** Takes in a request; null when it cannot be part of a deadlock: nothing is held, it could not wait, or it would wait for its own task. */
  add(section: Section): AbstractRequest | null {
    const { task, lock, exclusive, under } = section;
    if (under === null || under.length === 0) return null;
    const held = new Map<number, boolean>();
    for (const { lock: outer, exclusive: fully } of under) held.set(outer, fully || held.get(outer) === true);
    if (held.has(lock)) return null;
    const key = `${task} ${lock} ${exclusive} ${[...held].sort((a, b) => a[0] - b[0]).join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      known.occasions.push(section);
      return known;
    }
    const request: AbstractRequest = { id: this.all.length, task, lock, exclusive, held, occasions: [section] };
    this.all.push(request);
    this.#known.set(key, request);
    for (const outer of held.keys()) {
      const holding = this.#holding.get(outer);
      if (holding === undefined) this.#holding.set(outer, [request]);
      else holding.push(request);
    }
    return request;
  }

  /** Those made while a lock was held. */
  holding(lock: number): readonly AbstractRequest[] {
    return this.#holding.get(lock) ?? [];
  }
}

/** One waits for the other: it wants a lock the other holds, in modes that exclude each other. */
export function waitsFor(one: AbstractRequest, other: AbstractRequest): boolean {
  return one.task !== other.task && (one.exclusive || other.held.get(one.lock) === true) && other.held.has(one.lock);
}

/** Both can stand at their requests at once: different tasks, and nothing held that excludes the other. */
export function canMeet(one: AbstractRequest, other: AbstractRequest): boolean {
  if (one.task === other.task) return false;
  for (const [lock, exclusive] of one.held) {
    const held = other.held.get(lock);
    if (held !== undefined && (held || exclusive)) return false;
  }
  return true;
}
