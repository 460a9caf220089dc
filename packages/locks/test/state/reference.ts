/**
 * The waiting rules written down a second time, as slowly and plainly as possible: one list of holds, one list of waiters, and
 * for each kind of lock one sentence saying when a waiter may enter.
 */
import { READ, WRITE } from '@lockdep/core';
import type { Policy } from '../../src/index.ts';

export interface Entry {
  readonly who: number;
  readonly mode: number;
}

export type Kind = 'mutex' | 'spin' | 'bit' | 'rwsem' | 'rwsem-all' | 'rwlock' | 'semaphore';

export class Reference {
  readonly kind: Kind;
  readonly policy: Policy;
  holds: Entry[] = [];
  queue: Entry[] = [];
  count: number;
  readonly limit: number;

  constructor(kind: Kind, policy: Policy, count: number, limit: number) {
    this.kind = kind;
    this.policy = policy;
    this.count = count;
    this.limit = limit;
  }

  /** May `entry`, standing behind `before` and ahead of `behind`, enter? */
  admits(entry: Entry, before: readonly Entry[], behind: readonly Entry[]): boolean {
    const any = this.policy === 'any';
    const writing = this.holds.some((hold) => hold.mode === WRITE);
    const compatible = entry.mode === WRITE ? this.holds.length === 0 : !writing;
    switch (this.kind) {
      case 'semaphore':
        return this.count > 0 && (any || before.length < this.count);
      case 'rwsem':
      case 'rwsem-all':
        if (entry.mode === READ) return compatible && !before.some((other) => other.mode === WRITE);
        return compatible && (any || before.length === 0);
      case 'rwlock':
        if (entry.mode === READ || any) return compatible;
        return compatible && before.length === 0 && !behind.some((other) => other.mode === READ);
      default:
        return this.holds.length === 0 && (any || before.length === 0);
    }
  }

  admitsNew(entry: Entry): boolean {
    if (this.kind === 'semaphore') return this.count > 0 && (this.policy === 'any' || this.queue.length === 0);
    return this.admits(entry, this.queue, []);
  }

  admitsAt(place: number): boolean {
    return this.admits(this.queue[place]!, this.queue.slice(0, place), this.queue.slice(place + 1));
  }

  grantable(): number[] {
    return this.queue.filter((_, place) => this.admitsAt(place)).map((entry) => entry.who);
  }

  enter(entry: Entry): void {
    this.holds.push(entry);
    if (this.kind === 'semaphore') this.count--;
  }

  grant(who: number): boolean {
    const place = this.queue.findIndex((entry) => entry.who === who);
    if (place < 0 || !this.admitsAt(place)) return false;
    this.enter(this.queue[place]!);
    this.queue.splice(place, 1);
    return true;
  }

  release(who: number): number[] | null {
    if (this.kind === 'semaphore') {
      if (this.count >= this.limit) return null;
      const own = this.holds.findIndex((hold) => hold.who === who);
      this.holds.splice(Math.max(own, 0), 1);
      this.count++;
      return this.grantable();
    }
    const place = this.kind === 'bit' ? this.holds.length - 1 : this.holds.findIndex((hold) => hold.who === who);
    if (place < 0) return null;
    this.holds.splice(place, 1);
    return this.woken();
  }

  downgrade(who: number): number[] | null {
    const place = this.holds.findIndex((hold) => hold.who === who && hold.mode === WRITE);
    if (place < 0) return null;
    this.holds[place] = { who, mode: READ };
    return this.woken();
  }

  cancel(who: number): number[] | null {
    const place = this.queue.findIndex((entry) => entry.who === who);
    if (place < 0) return null;
    this.queue.splice(place, 1);
    return this.woken();
  }

  /** A batch is formed: of all readers, when the kind says so and one of them is at the head. */
  woken(): number[] {
    if (this.kind === 'rwsem-all' && this.queue[0]?.mode === READ && !this.holds.some((hold) => hold.mode === WRITE)) {
      const readers = this.queue.filter((entry) => entry.mode === READ);
      this.queue = [...readers, ...this.queue.filter((entry) => entry.mode === WRITE)];
    }
    return this.grantable();
  }
}
