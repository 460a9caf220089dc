/** From a program file's program to a program the scheduler runs. Every mistake in it is found here, once, before anything runs. */
import type { World } from '../engine/world.ts';
import { compileExpression, type Expression, type Frame, type Names } from './expression.ts';
import { bad, type NotationProgram, type Step, type TaskDeclaration } from './program-file.ts';
import { ProgramObjects } from './program-objects.ts';
import { StepCompiler } from './step-compiler.ts';
import { type Instruction, ProgramBody } from './task-code.ts';

/** A compiled program: hand `setup` to a world. Programs keep their objects between executions; use one world at a time. */
export interface CompiledProgram {
  readonly id: string;
  readonly setup: (world: World) => void;
}

/**
 * Makes a program of the notation explorable.
 *
 * @throws SimulatorError naming the step that is wrong.
 */
export function compileProgram(program: NotationProgram): CompiledProgram {
  const objects = new ProgramObjects(program);
  let world: World | null = null;
  const tasks = program.tasks.map((task) => {
    const fail = (message: string): void => world!.checks.fail('assertion', message);
    const body = compileTask(program, task, objects, fail);
    objects.bodies.set(task.name, body);
    return { name: task.name, isSpawned: task.spawned === true, code: () => body.restart() };
  });
  const final = program.final === undefined ? null : compileFinal(program, program.final, objects);
  // Runs once per execution: the closures are made above.
  const setup = (started: World): void => {
    if (world !== started) {
      world = started;
      objects.enter(started);
    }
    for (let i = 0; i < tasks.length; i++) objects.tasks[i] = started.declare(tasks[i]!.name);
    for (let i = 0; i < tasks.length; i++) {
      if (!tasks[i]!.isSpawned) started.start(objects.tasks[i]!, tasks[i]!.code);
    }
    if (final !== null) started.checks.final(final);
  };
  return { id: program.id, setup };
}

function compileTask(
  program: NotationProgram,
  task: TaskDeclaration,
  objects: ProgramObjects,
  fail: (message: string) => void,
): ProgramBody {
  const compiler = new StepCompiler(program, objects, task.name);
  const code: Instruction[] = [];
  compiler.compile(task.steps as readonly Step[], code, 'steps');
  return new ProgramBody(task.name, code, compiler.frame, fail);
}

/** The final condition sees variables only. */
function compileFinal(program: NotationProgram, source: string, objects: ProgramObjects): () => boolean | string {
  const where = `program '${program.id}': final`;
  const names: Names = {
    resolve: (name) => {
      const variable = objects.variable(name, where);
      return () => variable.value;
    },
    element: (name, index) => {
      const array = objects.variables(name, where);
      return (frame) => objects.pick(array, index(frame), name, where).value;
    },
  };
  const condition: Expression = compileExpression(source, names);
  const frame: Frame = [];
  const broken = `the final condition '${source}' does not hold`;
  if (source.trim() === '') throw bad(where, 'is empty');
  return () => condition(frame) !== 0 || broken;
}
