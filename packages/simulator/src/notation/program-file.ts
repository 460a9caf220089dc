/**
 * The file format of small concurrent programs: objects, tasks as lists of steps, a final condition.
 *
 * Visible steps (one scheduling point each): `["lock",m] ["unlock",m] ["trylock",m,r]`, `rdlock rdunlock wrlock wrunlock tryrdlock r`,
 * `trywrlock r`, `["read",x,r] ["write",x,e] ["rmw",x,f(v),old?] ["cas",x,expected,new,r]`, `["await",x,p(v)]`, `["down",s] ["up",s]
 * ["trydown",s,r]`, `["wait",c,m]`, `signal broadcast`, `spawn join`, `["atomic",[…]]`, `["choose",n,r]`, `yield`. Local steps, glued to the
 * visible step before them: `set if while repeat assert exit`. Registers start at 0; `v` is the present value in `rmw` and `await`.
 */
import { SimulatorError } from '../engine/error.ts';

export type ObjectKind = 'var' | 'mutex' | 'rwlock' | 'fairrw' | 'sem' | 'cond';

export interface ObjectDeclaration {
  readonly kind: ObjectKind;
  /** First value of a variable (one per element of an array), first count of a semaphore. Default 0. */
  readonly init?: number | readonly number[];
  /** Makes it an array, used as `name[e]`. */
  readonly size?: number;
}

/** A step: its word, then its operands. */
export type Step = readonly [string, ...unknown[]];

export interface TaskDeclaration {
  readonly name: string;
  /** Does not run before some task executes `["spawn", name]`. */
  readonly spawned?: boolean;
  readonly steps: readonly Step[];
}

/** A program as the notation's files have it: objects, tasks as lists of steps, what is expected. */
export interface NotationProgram {
  readonly id: string;
  readonly objects: Readonly<Record<string, ObjectDeclaration>>;
  readonly tasks: readonly TaskDeclaration[];
  /** Must hold at the end of every execution that is not deadlocked. */
  readonly final?: string;
  /** The verdict the author expects, where one is given. */
  readonly expect?: 'ok' | 'deadlock' | 'fail';
}

const KINDS: readonly string[] = ['var', 'mutex', 'rwlock', 'fairrw', 'sem', 'cond'];

/** Reads the text of a program file: `{"programs": […]}`, a list of programs, or one program. */
export function parseProgramFile(text: string, name = 'program file'): readonly NotationProgram[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new SimulatorError('bad-program', `${name}: not JSON: ${(error as Error).message}`);
  }
  const list = Array.isArray(data)
    ? data
    : isRecord(data) && Array.isArray(data['programs'])
      ? data['programs']
      : [data];
  return list.map((program, index) => checkProgram(program, list.length === 1 ? name : `${name}: programs[${index}]`));
}

/** Checks the outer shape; steps and expressions are checked when the program is compiled. */
function checkProgram(program: unknown, where: string): NotationProgram {
  if (!isRecord(program)) throw bad(where, 'is no object');
  const { id, objects, tasks, final, expect } = program;
  if (typeof id !== 'string' || id === '') throw bad(where, "lacks an 'id'");
  const place = `${where} '${id}'`;
  if (!isRecord(objects)) throw bad(place, "lacks 'objects', a record of name to { kind }");
  for (const [name, declaration] of Object.entries(objects)) checkObject(declaration, `${place}: object '${name}'`);
  if (!Array.isArray(tasks) || tasks.length === 0) throw bad(place, "lacks 'tasks', a list of { name, steps }");
  const names = new Set<string>();
  for (const [index, task] of tasks.entries()) checkTask(task, `${place}: tasks[${index}]`, names);
  if (final !== undefined && typeof final !== 'string') throw bad(place, "has a 'final' that is no string");
  return {
    id,
    objects: objects as NotationProgram['objects'],
    tasks: tasks as TaskDeclaration[],
    ...(final === undefined ? {} : { final }),
    ...(expect === 'ok' || expect === 'deadlock' || expect === 'fail' ? { expect } : {}),
  };
}

function checkObject(declaration: unknown, where: string): void {
  if (!isRecord(declaration) || !KINDS.includes(declaration['kind'] as string)) {
    throw bad(where, `needs a 'kind', one of ${KINDS.join(', ')}`);
  }
  const { size, init } = declaration;
  if (size !== undefined && !(Number.isInteger(size) && (size as number) > 0))
    throw bad(where, `has size ${String(size)}`);
  const values = Array.isArray(init) ? init : [init ?? 0];
  if (!values.every((value) => Number.isInteger(value))) throw bad(where, "has an 'init' that is no integer");
  if (Array.isArray(init) && init.length !== size)
    throw bad(where, `has ${init.length} initial values for size ${String(size)}`);
}

function checkTask(task: unknown, where: string, names: Set<string>): void {
  if (!isRecord(task) || typeof task['name'] !== 'string') throw bad(where, "lacks a 'name'");
  const { name } = task;
  if (names.has(name as string)) throw bad(where, `is the second task named '${name}'`);
  names.add(name as string);
  if (!Array.isArray(task['steps'])) throw bad(`${where} '${name}'`, "lacks 'steps', a list");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @internal */
export function bad(where: string, what: string): SimulatorError {
  return new SimulatorError('bad-program', `${where} ${what}`);
}
