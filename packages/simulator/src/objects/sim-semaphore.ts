/** A counting semaphore. Two ups commute; a down waits for a permit and depends on everything. */
import { SemaphoreState } from '@lockdep/locks';
import { EXCLUSIVE, GIVING, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';
import { ACQUIRE, RELEASE, TRY_ACQUIRE } from './lock-codes.ts';

const WORDS: Readonly<Record<number, string>> = { [ACQUIRE]: 'down', [RELEASE]: 'up', [TRY_ACQUIRE]: 'trydown' };

/** A counting semaphore. */
export class SimSemaphore extends SimObject {
  readonly kind = 'sem';
  override readonly registerLike = false;
  #initial: number;
  #state: SemaphoreState<number>;
  readonly #down = new Op<void>(this, ACQUIRE, { blocks: true, access: EXCLUSIVE });
  readonly #up = new Op<void>(this, RELEASE, { access: GIVING });
  readonly #tryDown = new Op<boolean>(this, TRY_ACQUIRE);

  constructor(name: string, initial: number) {
    super(name);
    this.#initial = initial;
    this.#state = new SemaphoreState<number>(initial, 'any');
  }

  acquire(): Op<void> {
    return this.#down;
  }

  tryAcquire(): Op<boolean> {
    return this.#tryDown;
  }

  release(): Op<void> {
    return this.#up;
  }

  /** Permits left. */
  get count(): number {
    return this.#state.count;
  }

  /** @internal Another first count, for this execution and those to come. */
  initialise(count: number): void {
    this.#initial = count;
    this.reset();
  }

  reset(): void {
    if (this.#state.count !== this.#initial || this.#state.holders().length > 0) {
      this.#state = new SemaphoreState<number>(this.#initial, 'any');
    }
  }

  override enabled(_op: Op, _task: number): boolean {
    return this.#state.count > 0;
  }

  override mode(op: Op, _task: number): number {
    if (op.code === RELEASE) return GIVING;
    return op.code === TRY_ACQUIRE && this.#state.count === 0 ? SHARED : EXCLUSIVE;
  }

  run(op: Op, task: number): unknown {
    switch (op.code) {
      case RELEASE:
        return void this.#state.release(task);
      case TRY_ACQUIRE: {
        const taken = this.#state.tryAcquire(task);
        if (!taken) this.world?.giveWay(task);
        return taken;
      }
      default:
        return void this.#state.tryAcquire(task);
    }
  }

  override twin(): SimSemaphore {
    return new SimSemaphore(this.name, this.#initial);
  }

  override blockers(): readonly number[] {
    return this.#state.holders();
  }

  override key(): unknown {
    return this.#state.count;
  }

  describe(op: Op, result?: unknown): string {
    const words = `${WORDS[op.code]} ${this.name}`;
    return op.code === TRY_ACQUIRE && result !== undefined
      ? `${words} -> ${result === true ? 'taken' : 'none'}`
      : words;
  }
}
