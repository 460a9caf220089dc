/**
 * A task of a program file as a flat list of instructions, and the body that runs it.
 *
 * Control flow is jumps, so the program counter and the registers are the whole local state (which makes state caching exact). One
 * body serves all executions of its task: nothing is allocated per execution.
 */
import { SimulatorError } from '../engine/error.ts';
import type { Op } from '../engine/op.ts';
import type { TaskBody } from '../engine/sim-task.ts';
import type { Expression, Frame } from './expression.ts';

export interface Instruction {
  readonly do: 'step' | 'set' | 'jump' | 'unless' | 'assert' | 'exit';
  /** Of a step: the op where that is always the same, else what makes it. */
  readonly op: Op | null;
  readonly make: ((frame: Frame) => Op) | null;
  /** What is set or tested. */
  readonly value: Expression | null;
  /** Register that a result goes to; -1: none. */
  readonly into: number;
  /** Where a jump leads; known only when what lies between has been compiled. */
  to: number;
  /** What an assertion says when it does not hold. */
  readonly words: string;
}

/** Every instruction has every field: one shape, which the interpreter reads fast. */
export function instruction(what: Instruction['do'], fields: Partial<Omit<Instruction, 'do'>> = {}): Instruction {
  const { op = null, make = null, value = null, into = -1, to = 0, words = '' } = fields;
  return { do: what, op, make, value, into, to, words };
}

/** More local steps than this between two visible ones is an endless loop. */
const MAX_LOCAL_STEPS = 1_000_000;

export class ProgramBody implements TaskBody {
  readonly #name: string;
  readonly #code: readonly Instruction[];
  readonly #frame: Frame;
  readonly #fail: (message: string) => void;
  #pc = 0;
  #into = -1;

  constructor(name: string, code: readonly Instruction[], frame: Frame, fail: (message: string) => void) {
    this.#name = name;
    this.#code = [...code, instruction('exit')];
    this.#frame = frame;
    this.#fail = fail;
  }

  /** At the beginning of the task, registers cleared. */
  restart(): this {
    this.#pc = 0;
    this.#into = -1;
    this.#frame.fill(0);
    return this;
  }

  resume(value: unknown): Op | null {
    const frame = this.#frame;
    if (this.#into >= 0) frame[this.#into] = typeof value === 'number' ? value : Number(value);
    for (let local = 0; local < MAX_LOCAL_STEPS; local++) {
      const instruction = this.#code[this.#pc++]!;
      switch (instruction.do) {
        case 'step':
          this.#into = instruction.into;
          return instruction.op ?? instruction.make!(frame);
        case 'set':
          frame[instruction.into] = instruction.value!(frame);
          break;
        case 'jump':
          this.#pc = instruction.to;
          break;
        case 'unless':
          if (instruction.value!(frame) === 0) this.#pc = instruction.to;
          break;
        case 'assert':
          if (instruction.value!(frame) === 0) this.#fail(instruction.words);
          break;
        default:
          return null;
      }
    }
    throw new SimulatorError(
      'bad-program',
      `task '${this.#name}' takes ${MAX_LOCAL_STEPS} local steps without a visible one: a loop needs a visible step`,
    );
  }

  kill(): null {
    this.#pc = this.#code.length - 1;
    return null;
  }

  localKey(): unknown {
    return [this.#pc, ...this.#frame.slice(1)];
  }
}
