/** A program in either form, and the setup a world wants. */
import { SimulatorError } from '../engine/error.ts';
import type { TaskCode } from '../engine/task-code.ts';
import type { World } from '../engine/world.ts';
import { Simulation } from './simulation.ts';

/** Called once per execution: makes the objects and starts the tasks. */
export type ProgramFunction = (sim: Simulation) => void;

/** Tasks over objects made beforehand (`new Variable('x', 0)`), which every execution finds as they were made. */
export interface ProgramObject {
  readonly tasks: Readonly<Record<string, TaskCode>>;
  /** Must hold at the end of every execution that is not deadlocked. */
  readonly final?: () => unknown;
}

/** One that has been compiled from a program file. */
export interface ProgramSetup {
  readonly setup: (world: World) => void;
}

/** What is explored, in any of its forms. */
export type Program = ProgramFunction | ProgramObject | ProgramSetup;

export function setupOf(program: Program): (world: World) => void {
  if (typeof program === 'function') return ofFunction(program);
  if (typeof program === 'object' && program !== null) {
    if ('setup' in program) return program.setup;
    if (typeof program.tasks === 'object' && program.tasks !== null) return ofObject(program);
  }
  throw new SimulatorError('bad-program', 'a program is a function (sim) => void or an object { tasks, final }');
}

function ofFunction(program: ProgramFunction): (world: World) => void {
  let simulation: Simulation | null = null;
  return (world) => {
    simulation ??= new Simulation(world);
    const made: unknown = program(simulation);
    if (typeof (made as { then?: unknown } | undefined)?.then === 'function') {
      throw new SimulatorError(
        'bad-program',
        'the program itself is async: only its tasks may be; make them with sim.task(name, async () => …)',
      );
    }
  };
}

function ofObject({ tasks, final }: ProgramObject): (world: World) => void {
  const names = Object.keys(tasks);
  const codes = Object.values(tasks);
  return (world) => {
    for (let i = 0; i < names.length; i++) world.create(names[i]!, codes[i]!);
    if (final !== undefined) world.checks.final(final);
  };
}
