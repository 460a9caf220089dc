/** A world with everything around it that a program needs: its locks' runtime, a validator that listens, the options in force. */
import { setRuntime } from '@lockdep/locks';
import { driveSync, type Work } from '../engine/drive.ts';
import { World } from '../engine/world.ts';
import { type Program, setupOf } from '../face/program.ts';
import { LockRuntime } from '../library/lock-runtime.ts';
import { ValidatorListener } from '../library/validator-listener.ts';
import type { Settings } from './explore-options.ts';

/** The last work with async code in this process; the next waits for it, for there is one set of timers. */
let latest: Promise<unknown> = Promise.resolve();

export class Stage {
  readonly world: World;
  readonly #runtime: LockRuntime;

  constructor(program: Program, { leaks, validator }: Settings) {
    this.world = new World(setupOf(program));
    this.world.leaks = leaks;
    this.world.listener = validator === null ? null : new ValidatorListener(validator);
    this.#runtime = new LockRuntime(this.world, validator);
    this.world.adapter = this.#runtime;
  }

  /** Does work with the locks of `@lockdep/locks` under this world. */
  drive<T>(work: Work<T>): T {
    const leave = this.#enter();
    try {
      return driveSync(work);
    } finally {
      leave();
    }
  }

  /** As {@link drive}, where tasks may be async, and once earlier work of that kind is done. Needs Node. */
  async driveAsync<T>(work: Work<T>): Promise<T> {
    const { AsyncTasks } = await import('../async/async-tasks.ts');
    const { driveAsync } = await import('../async/drive-async.ts');
    const done = latest.then(async () => {
      this.#runtime.asyncTasks ??= new AsyncTasks(this.world);
      const leave = this.#enter();
      try {
        return await driveAsync(work, this.#runtime.asyncTasks);
      } finally {
        leave();
      }
    });
    latest = done.catch(() => {});
    return await done;
  }

  #enter(): () => void {
    const before = setRuntime(this.#runtime);
    return () => setRuntime(before);
  }
}
