/**
 * A simulation of `@lockdep/simulator` as the machine that the engine runs on: `explore((sim) => { const machine = simulatedMachine(sim); … })`.
 *
 * Described by what is used of it, so that this package needs no simulator.
 */
import { currentRuntime } from '@lockdep/locks';
import type { Act, Machine, Proc, Region } from './machine.ts';

/** What is used of a simulation. */
export interface SimulationLike {
  region(name: string): Region;
  atomic<T>(
    access: { readonly reads: readonly never[]; readonly writes: readonly never[]; readonly words: string },
    perform: () => T,
  ): Act<T>;
  choose(options: number, label?: string): Act<number>;
  spawn(name: string, code: () => never): Act<unknown>;
}

/**
 * The machine of a simulation; make one per execution.
 *
 * @throws TypeError from `current()` outside of a running task.
 */
export function simulatedMachine(sim: SimulationLike): Machine {
  return {
    region: (name) => sim.region(name),
    access: (reads, writes, words, perform) =>
      sim.atomic({ reads: reads as readonly never[], writes: writes as readonly never[], words }, perform),
    choose: (count, label) => sim.choose(count, label),
    start: (name, code: () => Proc<unknown>) => sim.spawn(name, code as () => never),
    current: () => {
      const runtime = currentRuntime();
      if (runtime === null) throw new TypeError('no task runs: kernel code runs in the tasks of a simulation');
      return runtime.agent();
    },
  };
}
