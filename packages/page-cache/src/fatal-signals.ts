/**
 * Fatal signals (SIGKILL), where the program may kill tasks ({@link EngineOptions.kills}): a task that was killed gives up (`EINTR`) where it
 * looks, and a killable sleep ends. Elsewhere nobody is killed, and nothing of this costs a step.
 */
import type { Completion } from '@lockdep/locks';
import type { Act, Machine, Proc, Region } from './machine.ts';

/** A task that sleeps for something. */
interface Sleeper {
  readonly task: string;
  /** What for. */
  readonly on: object;
  /** Ends the sleep, if that is killable. */
  readonly wake: Completion | null;
}

/** Who has been killed, and who sleeps, on one machine. */
export class FatalSignals {
  /** Whether anybody may be killed. */
  readonly enabled: boolean;
  readonly #machine: Machine;
  readonly #region: Region;
  readonly #killed = new Set<string>();
  readonly #sleepers = new Set<Sleeper>();

  constructor(machine: Machine, enabled: boolean) {
    this.enabled = enabled;
    this.#machine = machine;
    this.#region = machine.region('fatal signals');
  }

  /**
   * `kill(2)` with SIGKILL, to a task by its name.
   *
   * @throws RangeError when the engine was told that nobody would.
   */
  *kill(task: string): Proc {
    if (!this.enabled) throw new RangeError('nobody is killed in this engine: make it with `kills: true`');
    const woken = yield* this.#step(`kill ${task}`, () => {
      this.#killed.add(task);
      return this.#wake((sleeper) => sleeper.task === task);
    });
    for (const wake of woken) yield* wake.completeAll();
  }

  /** `fatal_signal_pending` of the current task. */
  *pending(): Proc<boolean> {
    if (!this.enabled) return false;
    const { name } = this.#machine.current();
    return yield* this.#machine.access([this.#region], [], `${name} killed?`, () => this.#killed.has(name));
  }

  /** The current task is about to sleep, killably with `wake`; null when that would end at once. */
  sleep(on: object, wake: Completion | null): Act<Sleeper | null> {
    const { name } = this.#machine.current();
    return this.#step(`${name} falls asleep`, () => {
      if (wake !== null && this.#killed.has(name)) return null;
      const sleeper: Sleeper = { task: name, on, wake };
      this.#sleepers.add(sleeper);
      return sleeper;
    });
  }

  /** It does not sleep any more. */
  awake(sleeper: Sleeper): Act<unknown> {
    return this.#step(`${sleeper.task} is awake`, () => this.#sleepers.delete(sleeper));
  }

  /** What killable sleepers have slept for has happened. */
  *wakeAll(on: object): Proc {
    const woken = yield* this.#step('wake killable sleepers', () => this.#wake((sleeper) => sleeper.on === on));
    for (const wake of woken) yield* wake.completeAll();
  }

  /** Tasks that have been killed and sleep for this all the same. */
  killedAsleep(on: object): Act<readonly string[]> {
    return this.#machine.access([this.#region], [], 'anybody killed asleep?', () =>
      [...this.#sleepers].flatMap((sleeper) =>
        sleeper.on === on && this.#killed.has(sleeper.task) ? [sleeper.task] : [],
      ),
    );
  }

  #wake(which: (sleeper: Sleeper) => boolean): Completion[] {
    return [...this.#sleepers].flatMap((sleeper) => {
      if (sleeper.wake === null || !which(sleeper)) return [];
      this.#sleepers.delete(sleeper);
      return [sleeper.wake];
    });
  }

  #step<T>(words: string, perform: () => T): Act<T> {
    return this.#machine.access([], [this.#region], words, perform);
  }
}
