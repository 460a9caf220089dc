/**
 * Which strand runs now: Node's AsyncLocalStorage where there is one, else a variable that is right for synchronous code only.
 *
 * It is looked up at run time rather than imported, so that the package loads in a browser.
 */

export interface StrandStorage<S> {
  getStore(): S | undefined;
  run<R>(store: S, fn: () => R): R;
  /** From here on, to the end of this line of code. */
  enterWith(store: S): void;
}

interface BuiltinHost {
  getBuiltinModule?(name: string): { AsyncLocalStorage: new <S>() => StrandStorage<S> } | undefined;
}

/** A storage that follows `await` where the platform can, and otherwise ends with the synchronous part of `fn`. */
export function strandStorage<S>(): StrandStorage<S> {
  const host = (globalThis as { process?: BuiltinHost }).process;
  const hooks = host?.getBuiltinModule?.('node:async_hooks');
  return hooks === undefined ? new SynchronousStorage<S>() : new hooks.AsyncLocalStorage<S>();
}

class SynchronousStorage<S> implements StrandStorage<S> {
  #store: S | undefined;

  getStore(): S | undefined {
    return this.#store;
  }

  run<R>(store: S, fn: () => R): R {
    const before = this.#store;
    this.#store = store;
    try {
      return fn();
    } finally {
      this.#store = before;
    }
  }

  /** What follows an `await` cannot be told apart here, so nothing is entered. */
  enterWith(): void {}
}
