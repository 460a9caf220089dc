/**
 * Timers and clocks of async code under virtual time: `setTimeout`, `setInterval`, `setImmediate`, `timers/promises`, `AbortSignal.timeout`,
 * `Date`, `performance.now`; and the aborting of signals. For tasks only; for all other code of the process they are what they were.
 *
 * Setting a timer is a step of the line that sets it (it reads the clock), its firing a step of a line of its own. A timer that has been
 * cleared never runs its callback; its time comes all the same, since it might have come before the clearing. `process.nextTick` stays as
 * it is, and is waited for.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { SimulatorError } from '../engine/error.ts';
import type { World } from '../engine/world.ts';
import type { AsyncLine, Wait } from './async-line.ts';
import type { AsyncTasks } from './async-tasks.ts';
import { lookAt } from './limited-wait.ts';
import { VirtualTimer } from './virtual-timer.ts';

/** What `Date.now()` is when the clock is at 0: 2000-01-01. */
const EPOCH = Date.UTC(2000, 0, 1);
/** How often one interval fires in one execution. */
const MOST_TICKS = 5;

type Callback = (...args: unknown[]) => unknown;
type Timers = Record<string, Callback>;

interface WaitOptions {
  readonly signal?: AbortSignal;
}

export class VirtualTimers {
  readonly #world: World;
  readonly #tasks: AsyncTasks;
  /** What has been replaced: object, key, what it had there of its own. */
  readonly #replaced: (readonly [object, string, PropertyDescriptor | undefined])[] = [];
  /** The setting of timers that has not been a step yet, to which the same stretch of code adds. */
  #setting: { readonly line: AsyncLine; readonly wait: Wait; readonly timers: VirtualTimer[] } | null = null;
  #ticks = 0;
  /** The program is being set up. */
  #inSetup = false;
  /** An interval has fired as often as it may. */
  isCutShort = false;

  constructor(world: World, tasks: AsyncTasks) {
    this.#world = world;
    this.#tasks = tasks;
  }

  /** Runs what is part of the setup, or what is not although that calls it. */
  whileSetup<T>(inSetup: boolean, fn: () => T): T {
    const before = this.#inSetup;
    this.#inSetup = inSetup;
    try {
      return fn();
    } finally {
      this.#inSetup = before;
    }
  }

  /** Code of a task waits for `process.nextTick`. */
  get ticking(): boolean {
    return this.#ticks > 0;
  }

  restart(): void {
    this.#setting = null;
    this.#ticks = 0;
    this.isCutShort = false;
  }

  install(): void {
    const require = createRequire(import.meta.url);
    const plain = [globalThis as unknown as Timers, require('node:timers') as Timers];
    for (const timers of plain) {
      this.#replace(timers, 'setTimeout', (original) => this.#setter(original, false));
      this.#replace(timers, 'setInterval', (original) => this.#setter(original, true));
      this.#replace(timers, 'setImmediate', (original) => this.#immediate(original));
      for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) {
        this.#replace(timers, name, (original) => (timer) => {
          if (timer instanceof VirtualTimer) timer.close();
          else original(timer);
        });
      }
    }
    const promises = require('node:timers/promises') as Timers & { scheduler: Timers };
    this.#replace(promises, 'setTimeout', (original) => this.#waiter(original));
    this.#replace(promises, 'setImmediate', (original) => {
      const wait = this.#waiter((_, ...rest) => original(...rest));
      return (value, options) => wait(0, value, options);
    });
    this.#replace(promises, 'setInterval', (original) => (ms, value, options) => {
      return this.#isVirtual()
        ? this.#every(ms as number, value, options as WaitOptions)
        : original(ms, value, options);
    });
    this.#replace(promises.scheduler, 'wait', (original) => {
      const wait = this.#waiter((ms, _, options) => original.call(promises.scheduler, ms, options));
      return (ms, options) => wait(ms, undefined, options);
    });
    this.#replace(AbortSignal as unknown as Timers, 'timeout', (original) => (ms) => {
      return this.#isVirtual() ? this.#abortAfter(ms as number) : original.call(AbortSignal, ms);
    });
    const abort = (aborting: () => void): void => this.#abort(aborting);
    this.#replace(AbortController.prototype as unknown as Timers, 'abort', (original) => {
      return function (this: AbortController, reason) {
        abort(() => original.call(this, reason));
      };
    });
    this.#replace(process as unknown as Timers, 'nextTick', (original) => (callback, ...args) => {
      if (this.#tasks.here() === undefined) return original.call(process, callback, ...args);
      this.#ticks += 1;
      return original.call(process, () => {
        this.#ticks -= 1;
        return (callback as Callback)(...args);
      });
    });
    const { clock } = this.#world;
    const hasClock = (): boolean => this.#inSetup || this.#tasks.here() !== undefined;
    this.#replace(performance as unknown as Timers, 'now', (original) => () => {
      return hasClock() ? clock.now : original.call(performance);
    });
    const now = (): number => (hasClock() ? EPOCH + clock.now : RealDate.now());
    const RealDate = Date;
    const VirtualDate = new Proxy(RealDate, {
      construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      apply: (target) => new target(now()).toString(),
      get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
    });
    this.#put(globalThis, 'Date', VirtualDate);
    syncBuiltinESMExports();
  }

  uninstall(): void {
    for (const [object, key, own] of this.#replaced.splice(0).reverse()) {
      if (own === undefined) Reflect.deleteProperty(object, key);
      else Object.defineProperty(object, key, own);
    }
    syncBuiltinESMExports();
  }

  /** Whether timers are virtual for the code that runs here. */
  #isVirtual(): boolean {
    if (this.#inSetup) {
      throw new SimulatorError(
        'misuse',
        'the program sets a timer while it is set up: do it in a task, which has virtual time to wait in',
      );
    }
    return this.#tasks.here() !== undefined;
  }

  #setter(original: Callback, isInterval: boolean): Callback {
    return (callback, ms, ...args) => {
      if (!this.#isVirtual()) return original(callback, ms, ...args);
      return this.#set(milliseconds(ms), () => (callback as Callback)(...args), isInterval);
    };
  }

  #immediate(original: Callback): Callback {
    return (callback, ...args) => {
      if (!this.#isVirtual()) return original(callback, ...args);
      return this.#set(0, () => (callback as Callback)(...args), false);
    };
  }

  #set(ms: number, callback: () => unknown, isInterval: boolean): VirtualTimer {
    return new VirtualTimer((timer) => this.#arm(timer), ms, callback, isInterval).refresh();
  }

  /** The setting is a step of the line whose code runs here; what the same stretch of code sets is one step. */
  #arm(timer: VirtualTimer): void {
    const line = this.#tasks.lineHere();
    const setting = this.#setting;
    timer.line = this.#tasks.lineUnder(line, `${line.name}/timer`);
    if (setting !== null && setting.line === line && line.last === setting.wait) {
      setting.timers.push(timer);
      return;
    }
    const timers = [timer];
    const prepare = (): void => {
      for (const each of timers) each.task = this.#tasks.declare(each.line!).index;
    };
    const wait = effect(this.#world.clock.set(timers, prepare), () => {
      for (const each of timers) this.#await(each, line);
    });
    this.#setting = { line, wait, timers };
    line.push(wait);
  }

  #await(timer: VirtualTimer, setter: AsyncLine): void {
    const line = timer.line!;
    const fire = (): void => this.#fire(timer, line);
    const { heeds } = timer;
    line.push({ op: this.#world.clock.wake, resolve: fire, reject: () => {}, isEffect: false, heeds });
    setter.defer(line);
  }

  #fire(timer: VirtualTimer, line: AsyncLine): void {
    if (timer.isCleared || timer.line !== line) return;
    timer.fired += 1;
    try {
      this.#tasks.within(line, timer.callback);
    } catch (reason) {
      line.error = { reason };
    }
    if (!timer.isInterval || timer.isCleared) return;
    if (timer.fired < MOST_TICKS) this.#tasks.within(line, () => this.#arm(timer));
    else this.isCutShort = true;
  }

  /** As `setTimeout` of timers/promises. */
  #waiter(original: Callback): Callback {
    return (ms, value, options) => {
      if (!this.#isVirtual()) return original(ms, value, options);
      const { signal } = (options ?? {}) as WaitOptions;
      return new Promise((resolve, reject) => {
        const done = (): void => resolve(value);
        if (signal == null) this.#set(milliseconds(ms), done, false);
        else this.#setHeeding(signal, milliseconds(ms), done, reject);
      });
    };
  }

  /** Sets a timer unless the signal has been aborted, and closes it when it is. */
  #setHeeding(signal: AbortSignal, ms: number, done: () => void, reject: (reason: Error) => void): void {
    const { signals } = this.#tasks;
    const refuse = (): void => reject(abortError(signal));
    const begin = (): void => {
      const onAbort = (): void => {
        timer.close();
        refuse();
      };
      const onTime = (): void => {
        signal.removeEventListener('abort', onAbort);
        done();
      };
      const timer = this.#set(ms, onTime, false);
      timer.heeds = signals;
      signal.addEventListener('abort', onAbort, { once: true });
    };
    const line = this.#tasks.lineHere();
    line.push(lookAt(signals, signal, () => this.#tasks.within(line, begin), refuse));
  }

  async *#every(ms: number, value: unknown, options: WaitOptions | undefined): AsyncGenerator<unknown> {
    const wait = this.#waiter(() => undefined);
    for (let i = 0; i < MOST_TICKS; i++) {
      await wait(ms, undefined, options);
      yield value;
    }
    this.isCutShort = true;
    await new Promise(() => {});
  }

  #abortAfter(ms: number): AbortSignal {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    this.#set(milliseconds(ms), () => controller.abort(reason), false);
    return controller.signal;
  }

  /** Aborting is a step, of the task that does it: it takes effect in the order of the program, as a release does that nobody awaits. */
  #abort(aborting: () => void): void {
    if (this.#tasks.here() === undefined) return aborting();
    const line = this.#tasks.lineHere();
    line.push(effect(this.#tasks.signals.writing('abort'), () => this.#tasks.within(line, aborting)));
  }

  #replace(object: Timers, key: string, make: (original: Callback) => Callback): void {
    const original = object[key]!;
    this.#put(object, key, make(original));
  }

  #put(object: object, key: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(object, key);
    this.#replaced.push([object, key, own]);
    const enumerable = own?.enumerable ?? false;
    Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable });
  }
}

function effect(op: Wait['op'], done: () => void): Wait {
  return { op, resolve: done, reject: () => {}, isEffect: true };
}

/** As Node has it: at least 1, whole. */
function milliseconds(ms: unknown): number {
  const number = Math.trunc(Number(ms ?? 1));
  return number >= 1 && number <= 2 ** 31 - 1 ? number : number === 0 && ms === 0 ? 0 : 1;
}

function abortError({ reason }: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });
}
