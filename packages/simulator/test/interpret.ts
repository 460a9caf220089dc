/**
 * The oracle programs as code a user would write: the steps of a task as one generator that yields operations on locks of
 * `@lockdep/locks`, run as it is, or awaited operation by operation by an async function.
 */
import { Mutex, RwLock, RwSemaphore, Semaphore } from '@lockdep/locks';
import type { SimTask, Simulation, Variable } from '../src/index.ts';
import { compileExpression } from '../src/notation/expression.ts';
import type { NotationProgram, ObjectDeclaration, Step } from '../src/notation/program-file.ts';

type Registers = Map<string, number>;
// biome-ignore lint/suspicious/noExplicitAny: a lock of any kind; the steps of the program fit it.
type AnyObject = any;

/** Kinds and steps that have a counterpart here. */
export function isTranslatable(program: NotationProgram): boolean {
  const kinds = Object.values(program.objects).every(({ kind }) => kind !== 'cond');
  return kinds && !JSON.stringify(program.tasks).includes('"atomic"');
}

export function asGenerators(program: NotationProgram): (sim: Simulation) => void {
  return build(program, (code) => code);
}

export function asAsync(program: NotationProgram): (sim: Simulation) => void {
  return build(program, (code) => async () => {
    const steps = code();
    let next = steps.next();
    while (next.done !== true) next = steps.next(await (next.value as PromiseLike<unknown>));
  });
}

type Code = () => Generator<unknown, unknown, unknown>;

function build(program: NotationProgram, form: (code: Code) => AnyObject) {
  return (sim: Simulation): void => {
    const objects = new Map<string, AnyObject>();
    for (const [name, declaration] of Object.entries(program.objects)) {
      if (declaration.size === undefined) objects.set(name, make(sim, name, declaration, 0));
      else
        for (let i = 0; i < declaration.size; i++)
          objects.set(`${name}[${i}]`, make(sim, `${name}[${i}]`, declaration, i));
    }
    const tasks = new Map<string, SimTask>();
    for (const { name } of program.tasks) tasks.set(name, sim.declare(name));
    const code = (name: string): AnyObject => {
      const { steps } = program.tasks.find((task) => task.name === name)!;
      return form(() => run(steps, new Map(), { sim, objects, tasks, code }));
    };
    for (const { name, spawned } of program.tasks) if (spawned !== true) sim.begin(tasks.get(name)!, code(name));
    const { final } = program;
    if (final !== undefined) sim.final(() => evaluate(final, new Map(), objects) !== 0);
  };
}

interface Context {
  readonly sim: Simulation;
  readonly objects: ReadonlyMap<string, AnyObject>;
  readonly tasks: ReadonlyMap<string, SimTask>;
  readonly code: (name: string) => AnyObject;
}

function make(sim: Simulation, name: string, { kind, init }: ObjectDeclaration, index: number): AnyObject {
  const first = typeof init === 'number' ? init : (init?.[index] ?? 0);
  switch (kind) {
    case 'var':
      return sim.variable(name, first);
    case 'mutex':
      return new Mutex({ name });
    case 'rwlock':
      return new RwLock({ name, sleeping: true });
    case 'fairrw':
      return new RwSemaphore({ name });
    default:
      return new Semaphore(first, { name, limit: Number.POSITIVE_INFINITY });
  }
}

function* run(steps: readonly Step[], registers: Registers, context: Context): Generator<unknown, boolean, unknown> {
  for (const step of steps) {
    const [word, a, b, c] = step;
    const value = (source: unknown): number => evaluate(source, registers);
    if (word === 'set') registers.set(a as string, value(b));
    else if (word === 'assert') context.sim.assert(value(a) !== 0, `assertion '${String(a)}'`);
    else if (word === 'exit') return true;
    else if (word === 'if') {
      if (yield* run((value(a) !== 0 ? b : (c ?? [])) as Step[], registers, context)) return true;
    } else if (word === 'while') {
      while (value(a) !== 0) if (yield* run(b as Step[], registers, context)) return true;
    } else {
      const [operation, into] = visible(step, registers, context);
      const result = yield operation;
      if (into !== undefined) registers.set(into as string, Number(result));
    }
  }
  return false;
}

function visible(step: Step, registers: Registers, { sim, objects, tasks, code }: Context): [unknown, unknown?] {
  const [word, a, b, c, d] = step;
  const value = (source: unknown): number => evaluate(source, registers);
  const ofValue = (source: unknown) => (v: number) => evaluate(source, new Map(registers).set('v', v));
  const object = (): AnyObject => {
    const match = /^(\w+)\[(.*)\]$/.exec(a as string);
    return objects.get(match === null ? (a as string) : `${match[1]}[${value(match[2])}]`);
  };
  const variable = (): Variable => object();
  switch (word) {
    case 'lock':
    case 'wrlock':
    case 'down':
      return [object().acquire()];
    case 'unlock':
    case 'wrunlock':
    case 'up':
      return [object().release()];
    case 'trylock':
    case 'trywrlock':
    case 'trydown':
      return [object().tryAcquire(), b];
    case 'rdlock':
      return [object().acquireRead()];
    case 'rdunlock':
      return [object().releaseRead()];
    case 'tryrdlock':
      return [object().tryAcquireRead(), b];
    case 'read':
      return [variable().read(), b];
    case 'write':
      return [variable().write(value(b))];
    case 'rmw':
      return [variable().update(ofValue(b)), c];
    case 'cas':
      return [variable().compareAndSwap(value(b), value(c)), d];
    case 'await':
      return [variable().until((v) => ofValue(b)(v) !== 0)];
    case 'spawn':
      return [sim.start(tasks.get(a as string)!, code(a as string))];
    case 'join':
      return [tasks.get(a as string)!.join()];
    default:
      throw new Error(`no counterpart of '${word}'`);
  }
}

function evaluate(source: unknown, registers: Registers, objects?: ReadonlyMap<string, AnyObject>): number {
  const expression = compileExpression(source, {
    resolve: (name) => () => (objects === undefined ? (registers.get(name) ?? 0) : objects.get(name).value),
    element: (name, index) => (frame) => objects!.get(`${name}[${index(frame)}]`).value,
  });
  return expression([]);
}
