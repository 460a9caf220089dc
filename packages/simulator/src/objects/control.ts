/**
 * Operations on no object: spawn, choose, yield, and waiting for a promise of the program's own. They depend on nothing; what spawn orders is
 * carried by the child's gate, and so is what settled the promise.
 */
import { Op } from '../engine/op.ts';
import { NO_OBJECTS, SimObject } from '../engine/sim-object.ts';
import type { SimTask, TaskOptions } from '../engine/sim-task.ts';
import type { TaskCode } from '../engine/task-code.ts';

const SPAWN = 0;
const CHOOSE = 1;
const YIELD = 2;
const PROMISE = 3;

interface SpawnRequest {
  /** A name, for a new task; or one that has been declared. */
  readonly task: string | SimTask;
  readonly code: TaskCode;
  readonly options: TaskOptions | undefined;
}

interface Question {
  readonly options: readonly unknown[] | null;
  readonly label: string;
}

export class Control extends SimObject {
  readonly kind = 'control';
  readonly #yield: Op<void>;
  /** Where async code is that waits for no operation: whatever lets it go on replaces it. */
  readonly promise: Op<void>;
  /** Questions are asked again and again with the same words: one op each. */
  readonly #questions = new Map<string, Op<unknown>>();

  constructor() {
    super('control');
    this.#yield = new Op<void>(this, YIELD, { targets: NO_OBJECTS });
    this.promise = new Op<void>(this, PROMISE, { targets: NO_OBJECTS, blocks: true });
  }

  spawn(name: string, code: TaskCode, options?: TaskOptions): Op<SimTask> {
    const request: SpawnRequest = { task: name, code, options };
    return new Op<SimTask>(this, SPAWN, { arg: request, targets: NO_OBJECTS });
  }

  /** Starts a task that has been declared. */
  start(task: SimTask, code: TaskCode): Op<SimTask> {
    const request: SpawnRequest = { task, code, options: undefined };
    return new Op<SimTask>(this, SPAWN, { arg: request, targets: NO_OBJECTS });
  }

  choose(count: number, label: string): Op<number> {
    const key = `${count} ${label}`;
    let op = this.#questions.get(key);
    if (op === undefined) {
      const question: Question = { options: null, label };
      op = new Op(this, CHOOSE, { arg: question, targets: NO_OBJECTS, choices: count });
      this.#questions.set(key, op);
    }
    return op as Op<number>;
  }

  pickOne<T>(options: readonly T[], label: string): Op<T> {
    const question: Question = { options, label };
    return new Op<T>(this, CHOOSE, { arg: question, targets: NO_OBJECTS, choices: options.length });
  }

  yield(): Op<void> {
    return this.#yield;
  }

  reset(): void {}

  override enabled({ code }: Op): boolean {
    return code !== PROMISE;
  }

  run(op: Op, task: number): unknown {
    const world = this.world!;
    switch (op.code) {
      case SPAWN: {
        const request = op.arg as SpawnRequest;
        if (typeof request.task === 'string') return world.create(request.task, request.code, request.options);
        world.start(request.task, request.code);
        return request.task;
      }
      case CHOOSE: {
        const { options } = op.arg as Question;
        return options === null ? world.choice : options[world.choice];
      }
      default:
        world.giveWay(task);
        return undefined;
    }
  }

  describe(op: Op, result?: unknown): string {
    if (op.code === SPAWN) {
      const { task } = op.arg as SpawnRequest;
      return `spawn ${typeof task === 'string' ? task : task.name}`;
    }
    if (op.code === YIELD) return 'yield';
    if (op.code === PROMISE) return 'a promise';
    const { label } = op.arg as Question;
    return result === undefined ? label : `${label}: ${String(result)}`;
  }
}
