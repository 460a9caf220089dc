/** Compiles the steps of one task to instructions. Each word of the notation is one entry of a table: operands wanted, code made. */
import type { Op } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import { Condition } from '../objects/condition.ts';
import { SimMutex } from '../objects/sim-mutex.ts';
import { SimRwLock } from '../objects/sim-rw-lock.ts';
import { SimRwSemaphore } from '../objects/sim-rw-semaphore.ts';
import { SimSemaphore } from '../objects/sim-semaphore.ts';
import { Variable } from '../objects/variable.ts';
import { compileAtomic } from './atomic-step.ts';
import { compileExpression, type Expression, type Frame, isName, type Names } from './expression.ts';
import { bad, type NotationProgram, type Step } from './program-file.ts';
import type { ProgramObjects } from './program-objects.ts';
import { type Instruction, instruction } from './task-code.ts';

/** Registers a task may use. */
const MAX_REGISTERS = 256;

type ReaderWriter = SimRwLock | SimRwSemaphore;

/** What a step acts on: one object, or an element chosen when the step is reached. */
interface Target<T> {
  readonly fixed: T | null;
  readonly at: (frame: Frame) => T;
}

/** A visible step: its op, where that is always the same, or what makes it; and the register its result goes to (-1: none). */
interface Visible {
  readonly op?: Op;
  readonly make?: (frame: Frame) => Op;
  readonly into: number;
}

export class StepCompiler {
  readonly objects: ProgramObjects;
  readonly #program: NotationProgram;
  /** The task whose steps these are. */
  readonly #name: string;
  /** Register 0 is `v`, the present value in `rmw` and `await`: scratch, no part of the task's state. */
  readonly #registers = new Map<string, number>([['v', 0]]);
  /** Where the step at hand stands, for errors. */
  #place = '';

  constructor(program: NotationProgram, objects: ProgramObjects, name: string) {
    this.objects = objects;
    this.#program = program;
    this.#name = name;
  }

  /** Registers, cleared; to be asked for once everything is compiled. */
  get frame(): Frame {
    return new Array<number>(this.#registers.size).fill(0);
  }

  get place(): string {
    return this.#place;
  }

  compile(steps: readonly Step[], code: Instruction[], path: string): void {
    for (const [index, step] of steps.entries()) {
      this.#place = `program '${this.#program.id}': task '${this.#name}': ${path}[${index}]`;
      if (!Array.isArray(step) || typeof step[0] !== 'string') throw bad(this.#place, 'is no step: ["word", …]');
      this.#step(step as Step, code, `${path}[${index}]`);
    }
  }

  /** Number of a register, by name. */
  register(name: unknown): number {
    if (!isName(name)) throw bad(this.#place, `wants a register, not ${JSON.stringify(name)}`);
    if (this.objects.has(name)) throw bad(this.#place, `uses the object '${name}' as a register`);
    let register = this.#registers.get(name);
    if (register === undefined) {
      register = this.#registers.size;
      if (register >= MAX_REGISTERS) throw bad(this.#place, `has more than ${MAX_REGISTERS} registers`);
      this.#registers.set(name, register);
    }
    return register;
  }

  expression(source: unknown): Expression {
    return compileExpression(source, this.#names(this.#place));
  }

  /** An expression over `v`, the present value. */
  ofValue(source: unknown): { readonly v: number; readonly expression: Expression } {
    return { v: this.register('v'), expression: this.expression(source) };
  }

  /** An object by `name` or `name[e]`. */
  target<T extends SimObject>(source: unknown, types: readonly Type<T>[], wanted: string): Target<T> {
    const where = this.#place;
    const match = typeof source === 'string' ? /^\s*(\w+)\s*(?:\[(.*)\])?\s*$/.exec(source) : null;
    if (match === null) throw bad(where, `wants ${wanted}, not ${JSON.stringify(source)}`);
    const name = match[1]!;
    if (match[2] === undefined) {
      const object = this.objects.one(name, types, wanted, where);
      return { fixed: object, at: () => object };
    }
    const array = this.objects.array(name, types, wanted, where);
    const index = this.expression(match[2]);
    return { fixed: null, at: (frame) => this.objects.pick(array, index(frame), name, where) };
  }

  variable(source: unknown): Target<Variable> {
    return this.target<Variable>(source, [Variable], 'a variable');
  }

  #names(where: string): Names {
    return {
      resolve: (name) => {
        const register = this.register(name);
        return (frame) => frame[register]!;
      },
      element: (name) => {
        throw bad(where, `reads '${name}[…]' in an expression: use a read step`);
      },
    };
  }

  #step(step: Step, code: Instruction[], path: string): void {
    const [word, a, b] = step;
    switch (word) {
      case 'set':
        code.push(instruction('set', { into: this.register(a), value: this.expression(b) }));
        return;
      case 'assert':
        code.push(
          instruction('assert', { value: this.expression(a), words: `assertion '${String(a)}' of ${this.#name}` }),
        );
        return;
      case 'exit':
        code.push(instruction('exit'));
        return;
      case 'if':
        return this.#if(step, code, path);
      case 'while':
        return this.#while(this.expression(a), this.#block(b), code, path);
      case 'repeat':
        return this.#repeat(step, code, path);
      default:
        code.push(instruction('step', this.#visible(step)));
    }
  }

  #if([, test, yes, no]: Step, code: Instruction[], path: string): void {
    const unless = instruction('unless', { value: this.expression(test) });
    code.push(unless);
    this.compile(this.#block(yes), code, `${path}.then`);
    const jump = instruction('jump');
    code.push(jump);
    unless.to = code.length;
    this.compile(this.#block(no ?? []), code, `${path}.else`);
    jump.to = code.length;
  }

  #while(test: Expression, body: readonly Step[], code: Instruction[], path: string): void {
    const top = code.length;
    const unless = instruction('unless', { value: test });
    code.push(unless);
    this.compile(body, code, `${path}.body`);
    code.push(instruction('jump', { to: top }));
    unless.to = code.length;
  }

  #repeat([, times, body]: Step, code: Instruction[], path: string): void {
    const counter = this.register(`repeat_${code.length}`);
    const limit = this.expression(times);
    code.push(instruction('set', { into: counter, value: () => 0 }));
    const block = this.#block(body);
    const top = code.length;
    const unless = instruction('unless', { value: (frame) => (frame[counter]! < limit(frame) ? 1 : 0) });
    code.push(unless);
    this.compile(block, code, `${path}.body`);
    code.push(
      instruction('set', { into: counter, value: (frame) => frame[counter]! + 1 }),
      instruction('jump', { to: top }),
    );
    unless.to = code.length;
  }

  #block(steps: unknown): readonly Step[] {
    if (!Array.isArray(steps)) throw bad(this.#place, 'wants a list of steps');
    return steps as readonly Step[];
  }

  #visible(step: Step): Visible {
    const [word, a, b, c, d] = step;
    switch (word) {
      case 'lock':
        return this.#plain(this.target<SimMutex>(a, [SimMutex], 'a mutex'), (lock) => lock.acquire());
      case 'unlock':
        return this.#plain(this.target<SimMutex>(a, [SimMutex], 'a mutex'), (lock) => lock.release());
      case 'trylock':
        return this.#plain(this.target<SimMutex>(a, [SimMutex], 'a mutex'), (lock) => lock.tryAcquire(), b);
      case 'rdlock':
        return this.#plain(this.#readerWriter(a), (lock) => lock.acquireRead());
      case 'rdunlock':
        return this.#plain(this.#readerWriter(a), (lock) => lock.releaseRead());
      case 'wrlock':
        return this.#plain(this.#readerWriter(a), (lock) => lock.acquire());
      case 'wrunlock':
        return this.#plain(this.#readerWriter(a), (lock) => lock.release());
      case 'tryrdlock':
        return this.#plain(this.#readerWriter(a), (lock) => lock.tryAcquireRead(), b);
      case 'trywrlock':
        return this.#plain(this.#readerWriter(a), (lock) => lock.tryAcquire(), b);
      case 'down':
        return this.#plain(this.target<SimSemaphore>(a, [SimSemaphore], 'a semaphore'), (sem) => sem.acquire());
      case 'up':
        return this.#plain(this.target<SimSemaphore>(a, [SimSemaphore], 'a semaphore'), (sem) => sem.release());
      case 'trydown':
        return this.#plain(this.target<SimSemaphore>(a, [SimSemaphore], 'a semaphore'), (sem) => sem.tryAcquire(), b);
      case 'signal':
        return this.#plain(this.target<Condition>(a, [Condition], 'a condition'), (cond) => cond.signal());
      case 'broadcast':
        return this.#plain(this.target<Condition>(a, [Condition], 'a condition'), (cond) => cond.broadcast());
      case 'wait': {
        const mutex = this.target<SimMutex>(b, [SimMutex], 'a mutex');
        const condition = this.target<Condition>(a, [Condition], 'a condition');
        return { make: (frame) => condition.at(frame).wait(mutex.at(frame)), into: -1 };
      }
      case 'read':
        return this.#plain(this.variable(a), (x) => x.read(), b);
      case 'write': {
        const [x, value] = [this.variable(a), this.expression(b)];
        return { make: (frame) => x.at(frame).write(value(frame)), into: -1 };
      }
      case 'rmw':
        return this.#update(a, b, c);
      case 'cas': {
        const [x, expected, desired, into] = [
          this.variable(a),
          this.expression(b),
          this.expression(c),
          this.register(d),
        ];
        return { make: (frame) => x.at(frame).compareAndSwap(expected(frame), desired(frame)), into };
      }
      case 'await':
        return this.#await(a, b);
      case 'atomic':
        return { make: compileAtomic(this, this.#block(a)), into: -1 };
      default:
        return this.#control(step);
    }
  }

  #control([word, a, b]: Step): Visible {
    const { objects } = this;
    const where = this.#place;
    switch (word) {
      case 'spawn': {
        const child = this.#task(a);
        const code = () => objects.bodies.get(a as string)!.restart();
        return { make: () => objects.world!.control.start(objects.tasks[child]!, code), into: -1 };
      }
      case 'join': {
        const child = this.#task(a);
        return { make: () => objects.tasks[child]!.join(), into: -1 };
      }
      case 'choose': {
        const into = this.register(b);
        if (!Number.isInteger(a) || (a as number) < 1) throw bad(where, 'wants a number of outcomes, 1 or more');
        const words = `choose ${String(b)}`;
        return { make: () => objects.world!.control.choose(a as number, words), into };
      }
      case 'yield':
        return { make: () => objects.world!.control.yield(), into: -1 };
      default:
        throw bad(where, `has the unknown word '${word}'`);
    }
  }

  /** Number of a task, by name. */
  #task(name: unknown): number {
    const index = this.#program.tasks.findIndex((task) => task.name === name);
    if (index < 0) throw bad(this.#place, `names no task: ${JSON.stringify(name)}`);
    return index;
  }

  #readerWriter(source: unknown): Target<ReaderWriter> {
    return this.target<ReaderWriter>(source, [SimRwLock, SimRwSemaphore], 'a reader/writer lock');
  }

  #plain<T extends SimObject>(target: Target<T>, make: (object: T) => Op, result?: unknown): Visible {
    const into = result === undefined ? -1 : this.register(result);
    const { fixed, at } = target;
    return fixed === null ? { make: (frame) => make(at(frame)), into } : { op: make(fixed), into };
  }

  #update(a: unknown, b: unknown, c: unknown): Visible {
    const x = this.variable(a);
    const { v, expression } = this.ofValue(b);
    const words = `{${String(b)}}`;
    return this.#ofFrame(x, c === undefined ? -1 : this.register(c), (variable, frame) => {
      const change = (value: number): number => {
        frame[v] = value;
        return expression(frame);
      };
      return variable.update(change, words) as Op;
    });
  }

  #await(a: unknown, b: unknown): Visible {
    const x = this.variable(a);
    const { v, expression } = this.ofValue(b);
    return this.#ofFrame(x, -1, (variable, frame) => {
      const holds = (value: number): boolean => {
        frame[v] = value;
        return expression(frame) !== 0;
      };
      return variable.until(holds, String(b)) as Op;
    });
  }

  /** Ops whose functions read the frame stay valid as long as the variable is the same: one per variable is kept. */
  #ofFrame(x: Target<Variable>, into: number, create: (variable: Variable, frame: Frame) => Op): Visible {
    const known = new Map<Variable, Op>();
    const make = (frame: Frame): Op => {
      const variable = x.at(frame);
      let op = known.get(variable);
      if (op === undefined) {
        op = create(variable, frame);
        known.set(variable, op);
      }
      return op;
    };
    return { make, into };
  }
}

type Type<T> = abstract new (...args: never[]) => T;
