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
import { compileExpression, type Expression, isName, type Names } from './expression.ts';
import { bad, type NotationProgram, type Step } from './program-file.ts';
import type { ProgramObjects } from './program-objects.ts';
import type { Instruction } from './task-code.ts';

/** Registers a task may use. */
const MAX_REGISTERS = 256;

type ReaderWriter = SimRwLock | SimRwSemaphore;

export class StepCompiler {
  readonly objects: ProgramObjects;
  readonly #program: NotationProgram;
  readonly #where: string;
  /** Register 0 is `v`, the present value in `rmw` and `await`: scratch, no part of the task's state. */
  readonly #registers = new Map<string, number>([['v', 0]]);
  /** Where the step at hand stands, for errors. */
  #place = '';

  constructor(program: NotationProgram, objects: ProgramObjects, where: string) {
    this.objects = objects;
    this.#program = program;
    this.#where = where;
  }

  /** Registers, cleared; to be asked for once everything is compiled. */
  get frame(): Float64Array {
    return new Float64Array(this.#registers.size);
  }

  get place(): string {
    return this.#place;
  }

  compile(steps: readonly Step[], code: Instruction[], path: string): void {
    for (const [index, step] of steps.entries()) {
      this.#place = `${this.#where}: ${path}[${index}]`;
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

  /** An object by `name` or `name[e]`; one op each is made of it by `op`, and kept. */
  target<T extends SimObject>(source: unknown, types: readonly Type<T>[], wanted: string): (frame: Float64Array) => T {
    const where = this.#place;
    const match = typeof source === 'string' ? /^\s*(\w+)\s*(?:\[(.*)\])?\s*$/.exec(source) : null;
    if (match === null) throw bad(where, `wants ${wanted}, not ${JSON.stringify(source)}`);
    const name = match[1]!;
    if (match[2] === undefined) {
      const object = this.objects.one(name, types, wanted, where);
      return () => object;
    }
    const array = this.objects.array(name, types, wanted, where);
    const index = this.expression(match[2]);
    return (frame) => this.objects.pick(array, index(frame), name, where);
  }

  variable(source: unknown): (frame: Float64Array) => Variable {
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
        code.push({ do: 'set', into: this.register(a), value: this.expression(b) });
        return;
      case 'assert':
        code.push({ do: 'assert', test: this.expression(a), words: String(a) });
        return;
      case 'exit':
        code.push({ do: 'exit' });
        return;
      case 'if':
        return this.#if(step, code, path);
      case 'while':
        return this.#while(this.expression(a), this.#block(b), code, path);
      case 'repeat':
        return this.#repeat(step, code, path);
      default: {
        const { op, into } = this.#visible(step);
        code.push({ do: 'step', op, into });
      }
    }
  }

  #if([, test, yes, no]: Step, code: Instruction[], path: string): void {
    const unless: Instruction = { do: 'unless', test: this.expression(test), to: 0 };
    code.push(unless);
    this.compile(this.#block(yes), code, `${path}.then`);
    const jump: Instruction = { do: 'jump', to: 0 };
    code.push(jump);
    unless.to = code.length;
    this.compile(this.#block(no ?? []), code, `${path}.else`);
    jump.to = code.length;
  }

  #while(test: Expression, body: readonly Step[], code: Instruction[], path: string): void {
    const top = code.length;
    const unless: Instruction = { do: 'unless', test, to: 0 };
    code.push(unless);
    this.compile(body, code, `${path}.body`);
    code.push({ do: 'jump', to: top });
    unless.to = code.length;
  }

  #repeat([, times, body]: Step, code: Instruction[], path: string): void {
    const counter = this.register(`repeat_${code.length}`);
    const limit = this.expression(times);
    code.push({ do: 'set', into: counter, value: () => 0 });
    const block = this.#block(body);
    const top = code.length;
    const unless: Instruction = { do: 'unless', test: (frame) => (frame[counter]! < limit(frame) ? 1 : 0), to: 0 };
    code.push(unless);
    this.compile(block, code, `${path}.body`);
    code.push({ do: 'set', into: counter, value: (frame) => frame[counter]! + 1 }, { do: 'jump', to: top });
    unless.to = code.length;
  }

  #block(steps: unknown): readonly Step[] {
    if (!Array.isArray(steps)) throw bad(this.#place, 'wants a list of steps');
    return steps as readonly Step[];
  }

  #visible(step: Step): { op: (frame: Float64Array) => Op; into: number } {
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
        return { op: (frame) => condition(frame).wait(mutex(frame)), into: -1 };
      }
      case 'read':
        return this.#plain(this.variable(a), (x) => x.read(), b);
      case 'write': {
        const [x, value] = [this.variable(a), this.expression(b)];
        return { op: (frame) => x(frame).write(value(frame)), into: -1 };
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
        return { op: (frame) => x(frame).compareAndSwap(expected(frame), desired(frame)), into };
      }
      case 'await':
        return this.#await(a, b);
      case 'atomic':
        return { op: compileAtomic(this, this.#block(a)), into: -1 };
      default:
        return this.#control(step);
    }
  }

  #control([word, a, b]: Step): { op: (frame: Float64Array) => Op; into: number } {
    const { objects } = this;
    const where = this.#place;
    switch (word) {
      case 'spawn':
        this.#checkTask(a);
        return {
          op: () =>
            objects.world!.control.start(objects.task(a, where), () => objects.bodies.get(a as string)!.restart()),
          into: -1,
        };
      case 'join':
        this.#checkTask(a);
        return { op: () => objects.task(a, where).join(), into: -1 };
      case 'choose': {
        const into = this.register(b);
        if (!Number.isInteger(a) || (a as number) < 1) throw bad(where, 'wants a number of outcomes, 1 or more');
        return { op: () => objects.world!.control.choose(a as number, `choose ${String(b)}`), into };
      }
      case 'yield':
        return { op: () => objects.world!.control.yield(), into: -1 };
      default:
        throw bad(where, `has the unknown word '${word}'`);
    }
  }

  #checkTask(name: unknown): void {
    if (!this.#program.tasks.some((task) => task.name === name)) {
      throw bad(this.#place, `names no task: ${JSON.stringify(name)}`);
    }
  }

  #readerWriter(source: unknown): (frame: Float64Array) => ReaderWriter {
    return this.target<ReaderWriter>(source, [SimRwLock, SimRwSemaphore], 'a reader/writer lock');
  }

  #plain<T extends SimObject>(
    target: (frame: Float64Array) => T,
    make: (object: T) => Op,
    into?: unknown,
  ): { op: (frame: Float64Array) => Op; into: number } {
    return { op: (frame) => make(target(frame)), into: into === undefined ? -1 : this.register(into) };
  }

  /** Ops whose functions read the frame stay valid as long as the variable is the same: one per variable is kept. */
  #update(a: unknown, b: unknown, c: unknown): { op: (frame: Float64Array) => Op; into: number } {
    const x = this.variable(a);
    const { v, expression } = this.ofValue(b);
    const into = c === undefined ? -1 : this.register(c);
    const known = new Map<Variable, Op>();
    const words = `{${String(b)}}`;
    const op = (frame: Float64Array): Op => {
      const variable = x(frame);
      let made = known.get(variable);
      if (made === undefined) {
        made = variable.update((value) => {
          frame[v] = value;
          return expression(frame);
        }, words) as Op;
        known.set(variable, made);
      }
      return made;
    };
    return { op, into };
  }

  #await(a: unknown, b: unknown): { op: (frame: Float64Array) => Op; into: number } {
    const x = this.variable(a);
    const { v, expression } = this.ofValue(b);
    const known = new Map<Variable, Op>();
    const op = (frame: Float64Array): Op => {
      const variable = x(frame);
      let made = known.get(variable);
      if (made === undefined) {
        made = variable.until((value) => {
          frame[v] = value;
          return expression(frame) !== 0;
        }, String(b)) as Op;
        known.set(variable, made);
      }
      return made;
    };
    return { op, into: -1 };
  }
}

type Type<T> = abstract new (...args: never[]) => T;
