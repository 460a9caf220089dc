/** A first-in first-out channel of bounded (or unbounded) capacity. */
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { INITIAL, SimObject } from '../engine/sim-object.ts';

const SEND = 0;
const RECEIVE = 1;
const TRY_RECEIVE = 2;

/** A queue between tasks, bounded or not: receivers wait while it is empty, senders while it is full. */
export class Channel<T = unknown> extends SimObject {
  readonly kind = 'channel';
  #capacity: number;
  #items: T[] = [];
  readonly #receive = new Op<T>(this, RECEIVE, { blocks: true });
  readonly #tryReceive = new Op<T | undefined>(this, TRY_RECEIVE);

  constructor(name: string, capacity: number = Number.POSITIVE_INFINITY) {
    super(name);
    this.#capacity = capacity;
  }

  /** Puts an item in; waits while the channel is full. */
  send(item: T): Op<void> {
    return new Op<void>(this, SEND, { arg: item, blocks: true });
  }

  /** Takes the oldest item; waits while there is none. */
  receive(): Op<T> {
    return this.#receive;
  }

  /** The oldest item, or undefined when there is none. */
  tryReceive(): Op<T | undefined> {
    return this.#tryReceive;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** @internal Another capacity, for this execution and those to come. */
  initialise(capacity: number): void {
    this.#capacity = capacity;
  }

  reset(): void {
    if (this.#items.length > 0) this.#items = [];
  }

  override enabled(op: Op, _task: number): boolean {
    return this.#enabledAt(op, this.#items.length);
  }

  override mode(op: Op, _task: number): number {
    return op.code === TRY_RECEIVE && this.#items.length === 0 ? SHARED : EXCLUSIVE;
  }

  run(op: Op): unknown {
    if (op.code === SEND) return void this.#items.push(op.arg as T);
    return this.#items.shift();
  }

  override snapshot(): number {
    return this.#items.length;
  }

  override enabledIn(op: Op, _task: number, snapshot: unknown): boolean {
    return this.#enabledAt(op, snapshot === INITIAL ? 0 : (snapshot as number));
  }

  override modeIn(op: Op, _task: number, snapshot: unknown): number {
    const isEmpty = snapshot === INITIAL || snapshot === 0;
    return op.code === TRY_RECEIVE && isEmpty ? SHARED : EXCLUSIVE;
  }

  override blockers(): readonly number[] {
    return [];
  }

  override key(): unknown {
    return this.#items;
  }

  describe(op: Op, result?: unknown): string {
    if (op.code === SEND) return `send ${String(op.arg)} to ${this.name}`;
    return result === undefined ? `receive from ${this.name}` : `receive from ${this.name} -> ${String(result)}`;
  }

  #enabledAt(op: Op, size: number): boolean {
    return op.code === SEND ? size < this.#capacity : op.code === TRY_RECEIVE || size > 0;
  }
}
