/**
 * The events of the process's validator on `node:diagnostics_channel`, for tracing tools and tests: `lockdep:acquire`,
 * `lockdep:contended`, `lockdep:acquired`, `lockdep:cancel`, `lockdep:release`, `lockdep:report`.
 *
 * Without a subscriber an event costs one test (about a nanosecond); validators a program makes for itself cost and publish nothing.
 * A subscriber is called in the code that takes the lock, and must not take validated locks itself.
 */
import { type Channel, channel } from 'node:diagnostics_channel';
import {
  type AcquireOptions,
  type Lock,
  MODE_MASK,
  type Mode,
  modeName,
  type Report,
  type Site,
  type Task,
  TRYLOCK,
  Validator,
} from '@lockdep/core';

/** What every message of a lock event carries. Locks and tasks stay the same objects, so events can be matched by them. */
export interface LockMessage {
  readonly validator: Validator;
  readonly task: Task;
  /** `lock.key.name` is its class, `lock.label` the instance. */
  readonly lock: Lock;
}

/** `lockdep:acquire`: a task asks for a lock (has taken it, for a trylock). If it has to wait, `contended` follows. */
export interface AcquireMessage extends LockMessage {
  readonly mode: Mode;
  readonly trylock: boolean;
}

/** `lockdep:contended`: it has to wait. */
export interface ContendedMessage extends LockMessage {
  readonly holders: readonly Task[];
}

/** `lockdep:acquired`: it has waited long enough; `lockdep:cancel`: it gave up. */
export interface WaitedMessage extends LockMessage {
  readonly waitedMs: number;
}

/** `lockdep:report` */
export interface ReportMessage {
  readonly validator: Validator;
  readonly report: Report;
}

type ChannelName = 'acquire' | 'contended' | 'acquired' | 'cancel' | 'release' | 'report';

/** The channels by event; other code reaches them by name. */
export const channels: Readonly<Record<ChannelName, Channel>> = {
  acquire: channel('lockdep:acquire'),
  contended: channel('lockdep:contended'),
  acquired: channel('lockdep:acquired'),
  cancel: channel('lockdep:cancel'),
  release: channel('lockdep:release'),
  report: channel('lockdep:report'),
};
const { acquire: acquireChannel, contended, acquired, cancel, release: releaseChannel, report: reported } = channels;

/** A validator whose events are published. */
export class PublishingValidator extends Validator {
  constructor() {
    super();
    this.subscribe((report) => reported.publish({ validator: this, report } satisfies ReportMessage));
  }

  override acquire(
    task: Task,
    lock: Lock,
    how: number | AcquireOptions = 0,
    nest?: Lock | null,
    site?: Site | null,
  ): void {
    super.acquire(task, lock, how, nest, site);
    if (acquireChannel.hasSubscribers) this.#publishAcquire(task, lock, how);
  }

  override release(task: Task, lock: Lock): void {
    super.release(task, lock);
    if (releaseChannel.hasSubscribers) releaseChannel.publish({ validator: this, task, lock } satisfies LockMessage);
  }

  override contended(
    task: Task,
    lock: Lock,
    blockers: (() => readonly Task[]) | null = null,
    site: Site | null = null,
  ): Report | null {
    const report = super.contended(task, lock, blockers, site);
    if (contended.hasSubscribers) {
      const holders = this.holders(lock).filter((holder) => holder !== task);
      contended.publish({ validator: this, task, lock, holders } satisfies ContendedMessage);
    }
    return report;
  }

  override acquired(task: Task, lock: Lock): void {
    const waitedMs = this.#waitedMs(task);
    super.acquired(task, lock);
    if (acquired.hasSubscribers) acquired.publish({ validator: this, task, lock, waitedMs } satisfies WaitedMessage);
  }

  override cancel(task: Task, lock: Lock): void {
    const waitedMs = this.#waitedMs(task);
    super.cancel(task, lock);
    if (cancel.hasSubscribers) cancel.publish({ validator: this, task, lock, waitedMs } satisfies WaitedMessage);
  }

  #publishAcquire(task: Task, lock: Lock, how: number | AcquireOptions): void {
    const mode = typeof how === 'number' ? modeName(how & MODE_MASK) : (how.mode ?? 'write');
    const trylock = typeof how === 'number' ? (how & TRYLOCK) !== 0 : how.trylock === true;
    acquireChannel.publish({ validator: this, task, lock, mode, trylock } satisfies AcquireMessage);
  }

  #waitedMs(task: Task): number {
    return task.waiting === null ? 0 : (this.clock() - task.waiting.since) / 1000;
  }
}
