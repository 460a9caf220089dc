/**
 * A part of the program's own data, for code that keeps plain objects: a visible step that says "from here to my next step I read (write) this".
 *
 * The explorer takes the whole stretch of code up to the task's next operation as one access.
 */
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';
import { atomicMode } from './atomic.ts';

const READ = 0;
const WRITE = 1;

/** A part of the program's own data: a step says that the code up to the next one reads it, or changes it. */
export class Region extends SimObject {
  readonly kind = 'region';
  readonly #ops: [Map<string, Op<void>>, Map<string, Op<void>>] = [new Map(), new Map()];

  /** The code up to the next step reads the region. */
  reading(words = `read ${this.name}`): Op<void> {
    return this.#op(READ, words);
  }

  /** The code up to the next step changes the region. */
  writing(words = `write ${this.name}`): Op<void> {
    return this.#op(WRITE, words);
  }

  reset(): void {}

  override mode(op: Op, _task: number): number {
    if (op.object !== this) return atomicMode(op, this);
    return op.code === READ ? SHARED : EXCLUSIVE;
  }

  run(): unknown {
    return undefined;
  }

  describe(op: Op): string {
    return op.arg as string;
  }

  #op(code: 0 | 1, words: string): Op<void> {
    let op = this.#ops[code].get(words);
    if (op === undefined) {
      op = new Op<void>(this, code, { arg: words, access: code === READ ? SHARED : EXCLUSIVE });
      this.#ops[code].set(words, op);
    }
    return op;
  }
}
