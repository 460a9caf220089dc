/** The objects of one program file's program by name, with the errors for wrong names, kinds and indices. */
import type { SimObject } from '../engine/sim-object.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import { Condition } from '../objects/condition.ts';
import { SimMutex } from '../objects/sim-mutex.ts';
import { SimRwLock } from '../objects/sim-rw-lock.ts';
import { SimRwSemaphore } from '../objects/sim-rw-semaphore.ts';
import { SimSemaphore } from '../objects/sim-semaphore.ts';
import { Variable } from '../objects/variable.ts';
import { bad, type NotationProgram, type ObjectDeclaration } from './program-file.ts';
import type { ProgramBody } from './task-code.ts';

export class ProgramObjects {
  readonly #single = new Map<string, SimObject>();
  readonly #arrays = new Map<string, readonly SimObject[]>();
  /** In the order of the file. */
  readonly tasks: SimTask[] = [];
  readonly bodies: Map<string, ProgramBody> = new Map();
  /** The world the program runs in. */
  world: World | null = null;

  constructor(program: NotationProgram) {
    for (const [name, declaration] of Object.entries(program.objects)) {
      const { size } = declaration;
      if (size === undefined) this.#single.set(name, make(name, declaration, 0));
      else
        this.#arrays.set(
          name,
          Array.from({ length: size }, (_, i) => make(`${name}[${i}]`, declaration, i)),
        );
    }
  }

  /** All of it belongs to this world now, in the order of the file. */
  enter(world: World): void {
    this.world = world;
    for (const object of this.#single.values()) world.registry.meet(object);
    for (const array of this.#arrays.values()) for (const object of array) world.registry.meet(object);
  }

  has(name: string): boolean {
    return this.#single.has(name) || this.#arrays.has(name);
  }

  one<T extends SimObject>(name: string, types: readonly Constructor<T>[], wanted: string, where: string): T {
    const object = this.#single.get(name);
    if (object !== undefined && types.some((type) => object instanceof type)) return object as T;
    throw bad(
      where,
      this.#arrays.has(name) ? `uses the array '${name}' without an index` : `wants ${wanted}, not '${name}'`,
    );
  }

  array<T extends SimObject>(
    name: string,
    types: readonly Constructor<T>[],
    wanted: string,
    where: string,
  ): readonly T[] {
    const array = this.#arrays.get(name);
    if (array !== undefined && types.some((type) => array[0] instanceof type)) return array as readonly T[];
    throw bad(where, `wants ${wanted} array, not '${name}'`);
  }

  variable(name: string, where: string): Variable {
    return this.one<Variable>(name, [Variable], 'a variable', where);
  }

  variables(name: string, where: string): readonly Variable[] {
    return this.array<Variable>(name, [Variable], 'a variable', where);
  }

  /** An element by a computed index. */
  pick<T>(array: readonly T[], index: number, name: string, where: string): T {
    const element = array[index];
    if (element === undefined) {
      throw new RangeError(`${where}: index ${index} is outside '${name}', which has ${array.length} elements`);
    }
    return element;
  }
}

type Constructor<T> = abstract new (...args: never[]) => T;

function make(name: string, { kind, init }: ObjectDeclaration, index: number): SimObject {
  const first = typeof init === 'number' ? init : (init?.[index] ?? 0);
  switch (kind) {
    case 'var':
      return new Variable(name, first);
    case 'mutex':
      return new SimMutex(name);
    case 'rwlock':
      return new SimRwLock(name);
    case 'fairrw':
      return new SimRwSemaphore(name);
    case 'sem':
      return new SimSemaphore(name, first);
    default:
      return new Condition(name);
  }
}
