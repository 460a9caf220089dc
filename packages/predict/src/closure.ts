/**
 * The sync-preserving closure: the least set of events that has to happen before some events can, when every lock keeps the order of its
 * critical sections.
 *
 * The set is a prefix of every task, so it is one count a task. It is closed when with an event it contains what that comes after
 * (fork, join, the write a read saw), and when of two sections of one lock that exclude each other and have both begun in it, the
 * earlier is also over in it. It only ever grows, so all queues move forward: a closure costs O(events), however often it is
 * extended. (PLDI 2023, §5: SPDOffline.)
 */
import type { RunTrace, Section } from './run-trace.ts';

/** Of one task on one lock: the last section begun within the set, and the last exclusive one. */
interface Begun {
  last: Section;
  lastExclusive: Section | null;
}

export class Closure {
  readonly #trace: RunTrace;
  /** By task: how many of its events are in the set; the first edge and the first section that are not. */
  readonly #counts: number[] = [];
  readonly #nextEdge: number[] = [];
  readonly #nextSection: number[] = [];
  readonly #begun = new Map<number, Map<number, Begun>>();
  readonly #changed = new Set<number>();
  readonly #wanted: { readonly task: number; readonly event: number }[] = [];

  constructor(trace: RunTrace) {
    this.#trace = trace;
  }

  /** How many events of a task are in the set. */
  count(task: number): number {
    return this.#counts[task] ?? 0;
  }

  /**
   * Puts the first `event` events of a task into the set and closes it again. False when it cannot be closed: a section has no end. When
   * the run goes on it may get one; asked again, the closure goes on too.
   */
  include(task: number, event: number): boolean {
    this.#wanted.push({ task, event });
    for (;;) {
      this.#takeWanted();
      const lock = this.#changed.values().next();
      if (lock.done === true) return true;
      if (!this.#closeSections(this.#begun.get(lock.value)!)) return false;
      if (this.#wanted.length === 0) this.#changed.delete(lock.value);
    }
  }

  #takeWanted(): void {
    for (let next = this.#wanted.pop(); next !== undefined; next = this.#wanted.pop()) {
      const { task, event } = next;
      if (this.count(task) >= event) continue;
      this.#counts[task] = event;
      const { edges, sections } = this.#trace.tasks[task]!;
      for (let at = this.#nextEdge[task] ?? 0; ; at++) {
        this.#nextEdge[task] = at;
        const edge = edges[at];
        if (edge === undefined || edge.own > event) break;
        this.#wanted.push({ task: edge.task, event: edge.event });
      }
      for (let at = this.#nextSection[task] ?? 0; ; at++) {
        this.#nextSection[task] = at;
        const section = sections[at];
        if (section === undefined || section.from > event) break;
        this.#begin(section);
      }
    }
  }

  #begin(section: Section): void {
    const { lock, task, exclusive } = section;
    let begun = this.#begun.get(lock);
    if (begun === undefined) {
      begun = new Map();
      this.#begun.set(lock, begun);
    }
    const mine = begun.get(task);
    if (mine === undefined) begun.set(task, { last: section, lastExclusive: exclusive ? section : null });
    else {
      mine.last = section;
      if (exclusive) mine.lastExclusive = section;
    }
    this.#changed.add(lock);
  }

  /** Ends every section that a later one of another task excludes. The earlier ones of a task are over before its last begins. */
  #closeSections(begun: ReadonlyMap<number, Begun>): boolean {
    for (const { last, lastExclusive } of begun.values()) {
      for (const section of lastExclusive === null || lastExclusive === last ? [last] : [lastExclusive, last]) {
        const { releaser, to } = section;
        if (to <= this.count(releaser) || !isFollowed(section, begun)) continue;
        if (to === Number.POSITIVE_INFINITY) return false;
        this.#wanted.push({ task: releaser, event: to });
      }
    }
    return true;
  }
}

/** Has another task begun one later that excludes it? */
function isFollowed(section: Section, begun: ReadonlyMap<number, Begun>): boolean {
  for (const [task, { last, lastExclusive }] of begun) {
    if (task === section.task) continue;
    const other = section.exclusive ? last : lastExclusive;
    if (other !== null && other.position > section.position) return true;
  }
  return false;
}
