/**
 * The accesses of one operation in the present state: which objects, in which mode. Reused; holds the latest collection.
 *
 * A task that may be killed also looks at its own life with every step, so that a kill is ordered against each of them. What async code keeps in
 * variables no operation tells of, so each step of a line of it is one access to all that its task's lines share.
 */
import { conflicts, EXCLUSIVE, SHARED } from './access.ts';
import { growInt32, growUint8 } from './grow.ts';
import { BY_STATE, type Op } from './op.ts';
import { NO_OBJECTS, type SimObject } from './sim-object.ts';
import type { SimTask } from './sim-task.ts';

export class AccessSet {
  count = 0;
  objects: Int32Array = new Int32Array(8);
  modes: Uint8Array = new Uint8Array(8);

  /** Takes the accesses that the pending op of `task` would make now. */
  collect(task: SimTask): void {
    this.collectOf(task, task.pending!);
  }

  /** Takes those that another op of `task` would make now. */
  collectOf(task: SimTask, op: Op): void {
    if (op.isPlain && task.isPlain) {
      this.objects[0] = op.target.id;
      this.modes[0] = modeOf(op, task.index);
      this.count = 1;
    } else this.#collectAll(op, task);
  }

  /** Takes the accesses of another set. */
  copy(other: AccessSet): void {
    this.count = 0;
    for (let k = 0; k < other.count; k++) this.append(other.objects[k]!, other.modes[k]!);
  }

  /** Adds one access. */
  append(object: number, mode: number): void {
    if (this.count >= this.objects.length) {
      this.objects = growInt32(this.objects, this.count + 1);
      this.modes = growUint8(this.modes, this.count + 1);
    }
    this.objects[this.count] = object;
    this.modes[this.count++] = mode;
  }

  /** Whether the pending op of `task`, in the present state, depends on this set. */
  dependsOn(task: SimTask): boolean {
    const op = task.pending!;
    if (op.isPlain && task.isPlain) {
      const { id } = op.target;
      for (let k = 0; k < this.count; k++) {
        if (this.objects[k] === id && conflicts(this.modes[k]!, modeOf(op, task.index))) return true;
      }
      return false;
    }
    return this.#dependsOnAny(op, task);
  }

  #collectAll(op: Op, task: SimTask): void {
    this.count = 0;
    for (const object of op.targets) this.append(object.id, object.mode(op, task.index));
    if (task.killable) this.append(task.id, SHARED);
    if (task.shares !== null) this.append(task.shares.id, EXCLUSIVE);
    if (task.heeds !== null) this.append(task.heeds.id, SHARED);
    if (op.victim !== null) for (const { id } of op.victim.exposes) this.append(id, EXCLUSIVE);
    for (const { id } of leftQueue(op)) this.append(id, EXCLUSIVE);
  }

  #dependsOnAny(op: Op, task: SimTask): boolean {
    for (const object of op.targets) if (this.#has(object.id, object.mode(op, task.index))) return true;
    if (op.victim?.exposes.some(({ id }) => this.#has(id, EXCLUSIVE)) === true) return true;
    for (const { id } of leftQueue(op)) if (this.#has(id, EXCLUSIVE)) return true;
    if (task.shares !== null && this.#has(task.shares.id, EXCLUSIVE)) return true;
    if (task.heeds !== null && this.#has(task.heeds.id, SHARED)) return true;
    return task.killable && this.#has(task.id, SHARED);
  }

  #has(object: number, mode: number): boolean {
    for (let k = 0; k < this.count; k++) {
      if (this.objects[k] === object && conflicts(this.modes[k]!, mode)) return true;
    }
    return false;
  }
}

/** The class of the access that a plain op would be now. */
export function modeOf(op: Op, task: number): number {
  return op.access === BY_STATE ? op.object.mode(op, task) : op.access;
}

/** The queue that the victim of a kill leaves; nothing for any other operation, and when it has been killed before. */
function leftQueue({ victim }: Op): readonly SimObject[] {
  return victim === null || victim.killed ? NO_OBJECTS : (victim.pending?.queuedIn?.parts ?? NO_OBJECTS);
}
