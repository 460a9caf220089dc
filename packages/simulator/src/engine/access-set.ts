/**
 * The accesses of one operation in the present state: which objects, in which mode. Reused; holds the latest collection.
 *
 * A task that may be killed also looks at its own life with every step, so that a kill is ordered against each of them.
 */
import { conflicts, EXCLUSIVE, SHARED } from './access.ts';
import { growInt32, growUint8 } from './grow.ts';
import type { Op } from './op.ts';
import type { SimObject } from './sim-object.ts';
import { killed, type SimTask } from './sim-task.ts';

export class AccessSet {
  count = 0;
  objects: Int32Array = new Int32Array(8);
  modes: Uint8Array = new Uint8Array(8);

  /** Takes the accesses that the pending op of `task` would make now. */
  collect(task: SimTask): void {
    const op = task.pending!;
    const { targets } = op;
    if (targets.length >= this.objects.length) this.#grow(targets.length * 2);
    let count = 0;
    for (let i = 0; i < targets.length; i++) {
      const object = targets[i]!;
      this.objects[count] = object.id;
      this.modes[count++] = object.mode(op, task.index);
    }
    if (task.killable) {
      this.objects[count] = task.id;
      this.modes[count++] = SHARED;
    }
    this.count = count;
    const queue = leftQueue(op);
    if (queue !== null) this.append(queue.id, EXCLUSIVE);
  }

  /** Takes accesses given as object numbers and modes, pairwise. */
  take(accesses: readonly number[]): void {
    this.count = 0;
    for (let i = 0; i < accesses.length; i += 2) this.append(accesses[i]!, accesses[i + 1]!);
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
    const { targets } = op;
    for (let i = 0; i < targets.length; i++) {
      const object = targets[i]!;
      for (let k = 0; k < this.count; k++) {
        if (this.objects[k] === object.id && conflicts(this.modes[k]!, object.mode(op, task.index))) return true;
      }
    }
    const queue = leftQueue(op);
    if (queue !== null && this.#has(queue.id, EXCLUSIVE)) return true;
    return task.killable && this.#has(task.id, SHARED);
  }

  #has(object: number, mode: number): boolean {
    for (let k = 0; k < this.count; k++) {
      if (this.objects[k] === object && conflicts(this.modes[k]!, mode)) return true;
    }
    return false;
  }

  #grow(size: number): void {
    this.objects = new Int32Array(size);
    this.modes = new Uint8Array(size);
  }
}

/** The queue that the victim of a kill leaves; null for any other operation. */
function leftQueue(op: Op): SimObject | null {
  const victim = killed(op);
  return victim === null ? null : (victim.pending?.queuedIn ?? null);
}
