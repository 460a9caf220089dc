/**
 * The objects of a world by number, and how they get their numbers: by who makes them and as which of its things.
 *
 * An object made again in the next execution at the same place is the old one, reset; one made outside of executions gets its number at
 * its first use and keeps it.
 */
import { NumberTable } from './number-table.ts';
import type { SimObject } from './sim-object.ts';
import type { World } from './world.ts';

export class Registry {
  /** By number; a hole where a number is reserved for something not used yet. */
  readonly objects: (SimObject | undefined)[] = [];
  readonly #world: World;
  readonly #numbers = new NumberTable();
  /** Objects made outside of executions, and their numbers here. */
  readonly #met = new Map<SimObject, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A new execution: every object, tasks included, as at the beginning. */
  restart(): void {
    this.#numbers.restart();
    const { objects } = this;
    for (let i = 0; i < objects.length; i++) {
      objects[i]?.reset();
    }
  }

  /** An object that the running task has made here in an earlier execution; null: make one and {@link adopt} it. */
  reuse<T extends SimObject>(type: new (...args: never[]) => T, name: string): T | null {
    const known = this.objects[this.#numbers.peek(this.#world.current)];
    if (!(known instanceof type) || known.name !== name) return null;
    this.#numbers.next(this.#world.current);
    return known;
  }

  /** Takes an object in that the running task has made. */
  adopt<T extends SimObject>(object: T): T {
    this.place(object, this.reserve());
    return object;
  }

  /** The number of a thing that is being made now and will be placed later. */
  reserve(): number {
    return this.#numbers.next(this.#world.current);
  }

  /** Takes in an object under a number reserved for it. */
  place(object: SimObject, id: number): void {
    object.id = id;
    object.world = this.#world;
    this.objects[id] = object;
  }

  /** Takes in an object that was made outside of any execution, at its first use here. */
  meet(object: SimObject): void {
    if (object.world === this.#world) return;
    if (object.world !== null) object.reset();
    let id = this.#met.get(object);
    if (id === undefined) {
      id = this.#numbers.fresh();
      this.#met.set(object, id);
    }
    this.place(object, id);
  }
}
