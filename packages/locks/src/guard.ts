/**
 * A held lock that releases itself: for `await using guard = await lock.lock()`.
 *
 * It releases what it stands for, from whatever strand; a second release does nothing.
 */
import type { Step } from './operation.ts';

const NOTHING: Step = { [Symbol.iterator]: () => ({ next: () => ({ done: true, value: undefined }) }) };

/** A hold that ends with its block: `await using guard = await lock.lock()`. */
export class Guard implements Disposable, AsyncDisposable {
  #release: (() => Step | undefined) | null;

  /** @internal Made by `lock.lock()`. */
  constructor(release: () => Step | undefined) {
    this.#release = release;
  }

  /** Whether the lock is still held through this guard. */
  get held(): boolean {
    return this.#release !== null;
  }

  /** Releases the lock, once. */
  release(): Step {
    const release = this.#release;
    this.#release = null;
    return release?.() ?? NOTHING;
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}
