/** A world with everything around it that a program needs: its locks' runtime, a validator that listens, the options in force. */
import { setRuntime } from '@lockdep/locks';
import { World } from '../engine/world.ts';
import { type Program, setupOf } from '../face/program.ts';
import { LockRuntime } from '../library/lock-runtime.ts';
import { ValidatorListener } from '../library/validator-listener.ts';
import type { Settings } from './explore-options.ts';

export class Stage {
  readonly world: World;
  readonly runtime: LockRuntime;

  constructor(program: Program, { leaks, validator }: Settings) {
    this.world = new World(setupOf(program));
    this.world.leaks = leaks;
    this.world.listener = validator === null ? null : new ValidatorListener(validator);
    this.runtime = new LockRuntime(this.world, validator);
    this.world.adapter = this.runtime;
  }

  /** Puts the locks of `@lockdep/locks` under this world until the function answered is called. */
  enter(): () => void {
    const before = setRuntime(this.runtime);
    return () => setRuntime(before);
  }
}
