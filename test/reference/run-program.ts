/** Runs a program on the real validator, up to its first report. */
import { type AcquireOptions, type Lock, LockKey, type Task, Validator, type ValidatorMode } from '@lockdep/core';
import { classOf, type FirstReport, lowered, type Primitive, type Program } from './program.ts';

/** The first report of a program, or null. */
export function runProgram(program: Program, mode: ValidatorMode = 'ideal'): FirstReport | null {
  const run = new ProgramRun(program, mode);
  for (const [step, each] of program.steps.entries()) {
    for (const primitive of lowered(each)) run.apply(primitive);
    const report = run.validator.reports[0];
    if (report !== undefined) return { step, kind: report.kind };
  }
  return null;
}

export class ProgramRun {
  readonly validator: Validator;
  readonly #program: Program;
  readonly #keys = new Map<string, LockKey>();
  readonly #locks = new Map<string, Lock>();
  readonly #tasks = new Map<string, Task>();
  #task: Task;

  constructor(program: Program, mode: ValidatorMode) {
    this.#program = program;
    this.validator = new Validator({ mode, sites: false, contexts: program.contexts ?? [] });
    this.#task = this.#taskNamed('main');
    for (const name of Object.keys(program.locks)) {
      this.#locks.set(name, this.validator.lock(this.#key(name), { label: name }));
    }
  }

  apply(step: Primitive): void {
    const { validator } = this;
    const task = this.#task;
    switch (step.op) {
      case 'task':
        this.#task = this.#taskNamed(step.id);
        return;
      case 'acquire': {
        const { op: _op, lock, nest, ...options } = step;
        const nestLock = nest === undefined ? null : this.#locks.get(nest)!;
        return validator.acquire(task, this.#locks.get(lock)!, options satisfies AcquireOptions, nestLock);
      }
      case 'release':
        return validator.release(task, this.#locks.get(step.lock)!);
      case 'downgrade':
        return validator.downgrade(task, this.#locks.get(step.lock)!);
      case 'set_class': {
        const lock = this.#locks.get(step.lock)!;
        const key = step.class === undefined ? lock.key : this.#classKey(step.class);
        return validator.setClass(task, lock, key, step.subclass ?? 0);
      }
      case 'enter':
        return validator.enterContext(task, step.kind, { threaded: step.threaded ?? false });
      case 'exit':
        return validator.exitContext(task, step.kind);
      case 'enable':
        return validator.enableContext(task, step.kind);
      case 'disable':
        return validator.disableContext(task, step.kind);
    }
  }

  #key(name: string): LockKey {
    const className = classOf(this.#program, name);
    const known = this.#keys.get(className);
    if (known !== undefined) return known;
    const { kind, validate = true, track = true } = this.#program.locks[name]!;
    const order = this.#program.ordered?.[className];
    const compare = (held: Lock, wanted: Lock): number => order!.indexOf(held.label) - order!.indexOf(wanted.label);
    const key = new LockKey({ name: className, kind, validate, track, ...(order === undefined ? {} : { compare }) });
    this.#keys.set(className, key);
    return key;
  }

  #classKey(className: string): LockKey {
    const name = Object.keys(this.#program.locks).find((lock) => classOf(this.#program, lock) === className);
    if (name === undefined) throw new Error(`no lock of class ${className} in the program`);
    return this.#key(name);
  }

  #taskNamed(id: string): Task {
    let task = this.#tasks.get(id);
    if (task === undefined) {
      task = this.validator.task(id);
      this.#tasks.set(id, task);
    }
    return task;
  }
}
