/**
 * A task of a program file as a flat list of instructions, and the body that runs it.
 *
 * Control flow is jumps, so the program counter and the registers are the whole local state (which makes state caching exact). One
 * body serves all executions of its task: nothing is allocated per execution.
 */
import { SimulatorError } from '../engine/error.ts';
import type { Op } from '../engine/op.ts';
import type { TaskBody } from '../engine/sim-task.ts';
import type { Expression } from './expression.ts';

export type Instruction =
  /** A visible step: the op it is now, and the register its result goes to (-1: none). */
  | { readonly do: 'step'; readonly op: (frame: Float64Array) => Op; readonly into: number }
  | { readonly do: 'set'; readonly into: number; readonly value: Expression }
  | { readonly do: 'jump'; to: number }
  | { readonly do: 'unless'; readonly test: Expression; to: number }
  | { readonly do: 'assert'; readonly test: Expression; readonly words: string }
  | { readonly do: 'exit' };

/** More local steps than this between two visible ones is an endless loop. */
const MAX_LOCAL_STEPS = 1_000_000;

export class ProgramBody implements TaskBody {
  readonly #name: string;
  readonly #code: readonly Instruction[];
  readonly #frame: Float64Array;
  readonly #fail: (message: string) => void;
  #pc = 0;
  #into = -1;

  constructor(name: string, code: readonly Instruction[], frame: Float64Array, fail: (message: string) => void) {
    this.#name = name;
    this.#code = code;
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
    if (this.#into >= 0) frame[this.#into] = Number(value);
    for (let local = 0; local < MAX_LOCAL_STEPS; local++) {
      const instruction = this.#code[this.#pc++];
      if (instruction === undefined) return null;
      switch (instruction.do) {
        case 'step':
          this.#into = instruction.into;
          return instruction.op(frame);
        case 'set':
          frame[instruction.into] = instruction.value(frame);
          break;
        case 'jump':
          this.#pc = instruction.to;
          break;
        case 'unless':
          if (instruction.test(frame) === 0) this.#pc = instruction.to;
          break;
        case 'assert':
          if (instruction.test(frame) === 0) this.#fail(`assertion '${instruction.words}' of ${this.#name}`);
          break;
        default:
          this.#pc = this.#code.length;
      }
    }
    throw new SimulatorError(
      'bad-program',
      `task '${this.#name}' takes ${MAX_LOCAL_STEPS} local steps without a visible one: a loop needs a visible step`,
    );
  }

  kill(): null {
    this.#pc = this.#code.length;
    return null;
  }

  localKey(): unknown {
    return [this.#pc, ...this.#frame.subarray(1)];
  }
}
