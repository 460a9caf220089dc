/**
 * An rwsem that may be held for very long, as invalidate_lock of a block device is while the device is zeroed. Linux has it slept for without
 * looking at signals: a task that is killed meanwhile sleeps on until somebody else is done, which is a finding (`hang`). As has been proposed
 * (`invalidateLock.killable`), the sleep ends at a fatal signal.
 *
 * A killable sleeper is in no queue, so it holds nobody up. Without {@link EngineOptions.kills} this is an rwsem and nothing more.
 */
import { Completion, RwSemaphore, type RwSemaphoreOptions, type Step } from '@lockdep/locks';
import type { Engine } from './engine.ts';
import type { Act, Proc } from './machine.ts';

/** An rwsem of a file. Source: `kernel/locking/rwsem.c`. */
export class KillableRwsem extends RwSemaphore {
  readonly #engine: Engine;
  readonly #file: string;

  constructor(engine: Engine, file: string, options: RwSemaphoreOptions) {
    super({ ...options, validator: engine.validator });
    this.#engine = engine;
    this.#file = file;
  }

  /** `down_read_killable`: false, without the lock, when the task was killed first. */
  downReadKillable(): Proc<boolean> {
    return this.#downKillable(
      () => this.tryDownRead(),
      () => this.downRead(),
    );
  }

  /** `down_write_killable` */
  downWriteKillable(): Proc<boolean> {
    return this.#downKillable(
      () => this.tryDownWrite(),
      () => this.downWrite(),
    );
  }

  override upRead(): Step {
    return this.#engine.signals.enabled ? asStep(this.#thenWake(super.upRead())) : super.upRead();
  }

  override upWrite(): Step {
    return this.#engine.signals.enabled ? asStep(this.#upWrite()) : super.upWrite();
  }

  override downgradeWrite(): Step {
    return this.#engine.signals.enabled ? asStep(this.#thenWake(super.downgradeWrite())) : super.downgradeWrite();
  }

  *#downKillable(tryDown: () => Act<boolean>, down: () => Act): Proc<boolean> {
    const { signals, rules } = this.#engine;
    if (!signals.enabled) {
      yield* down();
      return true;
    }
    const isKillable = rules.bugs['invalidateLock.killable'] === true;
    for (;;) {
      if (yield* tryDown()) return true;
      const label = `wake-up for ${this.label}`;
      const wake = isKillable ? new Completion({ name: 'wake-up', label, validator: null }) : null;
      const sleeper = yield* signals.sleep(this, wake);
      if (sleeper === null) return false;
      if (wake === null) yield* down();
      // Once more: it may have been released before there was anybody to wake.
      else if (!(yield* tryDown())) {
        yield* wake.wait();
        continue;
      }
      yield* signals.awake(sleeper);
      return true;
    }
  }

  *#upWrite(): Proc {
    const { signals, machine, oracle } = this.#engine;
    for (const task of yield* signals.killedAsleep(this)) {
      const message = `${task} was killed while it slept for ${this.label}, and slept on until ${machine.current().name} was done`;
      oracle.add({ kind: 'hang', via: 'lock', file: this.#file, offset: 0, saw: 'sleep', message });
    }
    yield* this.#thenWake(super.upWrite());
  }

  *#thenWake(step: Act): Proc {
    yield* step;
    yield* this.#engine.signals.wakeAll(this);
  }
}

/** Several steps for one: what they yield is known to the machine alone. */
function asStep(steps: Proc): Step {
  return steps as unknown as Step;
}
