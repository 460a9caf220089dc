/**
 * `["atomic", […]]`: straight-line reads, writes and local steps as one visible step.
 *
 * The elements it touches must be known when the task parks; where an index is computed inside the step itself, every element of that
 * array counts as touched.
 */
import type { Op } from '../engine/op.ts';
import { Atomic } from '../objects/atomic.ts';
import type { Variable } from '../objects/variable.ts';
import type { Frame } from './expression.ts';
import { bad, type Step } from './program-file.ts';
import type { StepCompiler } from './step-compiler.ts';

interface Part {
  readonly variable: ((frame: Frame) => Variable) | null;
  readonly writes: boolean;
  /** The whole array, when the index is not known in advance. */
  readonly all: readonly Variable[] | null;
  readonly run: (frame: Frame) => unknown;
}

export function compileAtomic(compiler: StepCompiler, steps: readonly Step[]): (frame: Frame) => Op {
  const assigned = new Set<string>();
  const parts = steps.map((step) => part(compiler, step, assigned));
  const atomic = new Atomic();
  const words = `atomic ${JSON.stringify(steps)}`;
  return (frame) => {
    const reads: Variable[] = [];
    const writes: Variable[] = [];
    for (const { variable, writes: isWrite, all } of parts) {
      const list = isWrite ? writes : reads;
      if (all !== null) list.push(...all);
      else if (variable !== null) list.push(variable(frame));
    }
    return atomic.step({ reads, writes, words }, () => {
      for (const { run } of parts) run(frame);
    }) as Op;
  };
}

function part(compiler: StepCompiler, step: Step, assigned: Set<string>): Part {
  const [word, a, b, c] = step;
  if (word === 'set') {
    const [into, value] = [compiler.register(a), compiler.expression(b)];
    assigned.add(String(a));
    return { variable: null, writes: false, all: null, run: (frame) => assign(frame, into, value(frame)) };
  }
  if (word === 'assert') {
    const { objects } = compiler;
    const test = compiler.expression(a);
    const fail = `assertion '${String(a)}'`;
    const run = (frame: Frame): void => {
      if (test(frame) === 0) objects.world!.checks.fail('assertion', fail);
    };
    return { variable: null, writes: false, all: null, run };
  }
  if (word !== 'read' && word !== 'write' && word !== 'rmw') {
    throw bad(
      compiler.place,
      `has '${String(word)}' in an atomic step: only read, write, rmw, set and assert are possible there`,
    );
  }
  const variable = compiler.variable(a).at;
  const all = dependsOn(String(a), assigned)
    ? compiler.objects.variables(String(a).split('[')[0]!.trim(), compiler.place)
    : null;
  if (word === 'read') {
    const into = compiler.register(b);
    assigned.add(String(b));
    return { variable, writes: false, all, run: (frame) => assign(frame, into, variable(frame).value) };
  }
  if (word === 'write') {
    const value = compiler.expression(b);
    const run = (frame: Frame): void => {
      variable(frame).value = value(frame);
    };
    return { variable, writes: true, all, run };
  }
  const { v, expression } = compiler.ofValue(b);
  const old = c === undefined ? -1 : compiler.register(c);
  if (c !== undefined) assigned.add(String(c));
  const run = (frame: Frame): void => {
    const target = variable(frame);
    const before = target.value;
    frame[v] = before;
    target.value = expression(frame);
    if (old >= 0) frame[old] = before;
  };
  return { variable, writes: true, all, run };
}

function assign(frame: Frame, register: number, value: number): void {
  frame[register] = value;
}

/** Whether an element's index uses a register that the atomic step itself sets. */
function dependsOn(target: string, assigned: ReadonlySet<string>): boolean {
  const index = target.split('[')[1] ?? '';
  return (index.match(/[A-Za-z_]\w*/g) ?? []).some((name) => assigned.has(name));
}
