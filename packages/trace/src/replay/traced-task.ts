/**
 * A task as an imperfect trace shows it: the validator's task, and a mirror of its held stack by address.
 *
 * The mirror exists to tell a release that matches from one that cannot (the lock was taken before tracing began, an
 * event was lost) before the validator sees it. Invariant: entry `i` here is entry `i` of the validator's stack. Cost:
 * linear in the depth of the stack, which is rarely above ten; allocates nothing once it has grown.
 */
import type { Lock, Task } from '@lockdep/core';

export class TracedTask {
  readonly task: Task;
  depth = 0;
  /** By stack index: address id, name id, 1 for a reader, number of the event, 1 while it is waited for. */
  readonly address: number[] = [];
  readonly name: number[] = [];
  readonly read: number[] = [];
  readonly event: number[] = [];
  readonly waiting: number[] = [];
  readonly locks: Lock[] = [];
  /** Context kinds that were enabled at the last event, as a mask; what is off keeps the ones it masks off. */
  enabled = 0;
  /** Number of the task's last event by contexts entered. */
  readonly #lastEvent: number[] = [0, 0, 0, 0];

  constructor(task: Task) {
    this.task = task;
  }

  /**
   * The contexts an entry belongs to: those of its acquisition, or of the last release below it, when it was acquired
   * again.
   */
  entered(index: number): number {
    return this.task.chainOf(index);
  }

  push(lock: Lock, address: number, name: number, entered: number, read: boolean, event: number): void {
    this.went(entered, event);
    const index = this.depth++;
    this.locks[index] = lock;
    this.address[index] = address;
    this.name[index] = name;
    this.read[index] = read ? 1 : 0;
    this.event[index] = event;
    this.waiting[index] = 0;
  }

  /** Notes that the task went on in these contexts. */
  went(entered: number, event: number): void {
    this.#lastEvent[entered] = event;
  }

  /** Has the task gone on since it asked for the lock, so that it must have got it? */
  hasPassed(index: number): boolean {
    return this.waiting[index] === 0 && this.#lastEvent[this.entered(index)]! > this.event[index]!;
  }

  remove(index: number): void {
    const last = --this.depth;
    for (let i = index; i < last; i++) {
      this.locks[i] = this.locks[i + 1]!;
      this.address[i] = this.address[i + 1]!;
      this.name[i] = this.name[i + 1]!;
      this.read[i] = this.read[i + 1]!;
      this.event[i] = this.event[i + 1]!;
      this.waiting[i] = this.waiting[i + 1]!;
    }
  }

  /** The innermost entry of an address, or -1. */
  find(address: number): number {
    for (let index = this.depth - 1; index >= 0; index--) if (this.address[index] === address) return index;
    return -1;
  }

  /** May the validator release this entry? It is on top, or in the same contexts as all that lies above it. */
  isReleasable(index: number): boolean {
    for (let i = index; i < this.depth - 1; i++) if (this.entered(i) !== this.entered(i + 1)) return false;
    return true;
  }

  /** How many locks of this name, other than the one at the address, are held in these contexts. */
  sameName(name: number, address: number, entered: number): number {
    let count = 0;
    for (let index = this.depth - 1; index >= 0 && this.entered(index) === entered; index--) {
      if (this.name[index] === name && this.address[index] !== address) count++;
    }
    return count;
  }
}
