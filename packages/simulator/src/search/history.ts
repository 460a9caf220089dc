/**
 * The events of the execution at hand, with what the analysis of races asks of them: who, what, which accesses, and a vector clock.
 *
 * Structure of arrays, kept between executions: going back to depth d pops the later events and keeps the rest. The accesses to one
 * object form a chain (`previous`), cut into *blocks* of accesses that commute with each other; every access happens after all
 * of the block before its own. So the accesses a new one must be ordered after are exactly one block.
 * `clock(e, t)` is how many events of task t happen before or at event e. Push costs O(tasks + block), pop O(accesses).
 */

import { EXCLUSIVE } from '../engine/access.ts';
import type { AccessSet } from '../engine/access-set.ts';
import { growInt32, growUint8 } from '../engine/grow.ts';
import type { Op } from '../engine/op.ts';
import { INITIAL, type SimObject } from '../engine/sim-object.ts';
import { SimTask } from '../engine/sim-task.ts';
import type { TraceHash } from '../engine/trace-hash.ts';
import type { World } from '../engine/world.ts';

export class History {
  length = 0;
  /** Per event. */
  task: Int32Array = new Int32Array(64);
  /** Which of its task's events it is, from 0. */
  ordinal: Int32Array = new Int32Array(64);
  choice: Int32Array = new Int32Array(64);
  firstAccess: Int32Array = new Int32Array(65);
  readonly op: Op[] = [];
  /** The event without which this one could not have run (a spawn, a signal); -1: none. */
  gate: Int32Array = new Int32Array(64);
  /** The event in which the task ended that this one joins; -1: none. */
  end: Int32Array = new Int32Array(64);
  /** The task's event before, -1 for its first. */
  #before: Int32Array = new Int32Array(64);
  /** Per access. */
  object: Int32Array = new Int32Array(64);
  mode: Uint8Array = new Uint8Array(64);
  event: Int32Array = new Int32Array(64);
  /** The access to the same object before; -1: none. */
  previous: Int32Array = new Int32Array(64);
  /** The last access of the block before this one's block; -1: none. */
  blockBefore: Int32Array = new Int32Array(64);
  /** State of a register-like object after an exclusive access. */
  readonly #after: unknown[] = [];
  /** By object: its latest access; -1: none. */
  head: Int32Array = new Int32Array(64).fill(-1);
  /** By task: its latest event; -1: none. */
  last: Int32Array = new Int32Array(8).fill(-1);
  clocks: Int32Array = new Int32Array(64 * 8);
  /** Room for a clock. */
  stride = 8;
  /** Tasks there are: entries of a clock in use. Tasks become more, never fewer; what lies beyond is zero. */
  #width = 0;

  /** Forgets all events from `length` on. */
  popTo(length: number): void {
    while (this.length > length) {
      const e = --this.length;
      const first = this.firstAccess[e]!;
      for (let a = this.firstAccess[e + 1]! - 1; a >= first; a--) this.head[this.object[a]!] = this.previous[a]!;
      this.last[this.task[e]!] = this.#before[e]!;
    }
  }

  clock(event: number, task: number): number {
    return this.clocks[event * this.stride + task]!;
  }

  /** Whether `e` happens before `f` or is it. */
  happensBefore(e: number, f: number): boolean {
    return this.clocks[f * this.stride + this.task[e]!]! > this.ordinal[e]!;
  }

  /** Adds every event to a trace hash. */
  hashInto(hash: TraceHash): void {
    for (let e = 0; e < this.length; e++) {
      const end = this.firstAccess[e + 1]!;
      for (let a = this.firstAccess[e]!; a < end; a++) {
        hash.access(this.task[e]!, this.ordinal[e]!, this.object[a]!, this.mode[a]!);
      }
      if (end === this.firstAccess[e] || this.choice[e]! > 0)
        hash.choose(this.task[e]!, this.ordinal[e]!, this.choice[e]!);
    }
  }

  /** The state of a register-like object just before the access `a` to it. */
  stateBefore(a: number): unknown {
    let x = this.previous[a]!;
    while (x >= 0 && this.mode[x] !== EXCLUSIVE) x = this.previous[x]!;
    return x < 0 ? INITIAL : this.#after[x];
  }

  stateAfter(a: number): unknown {
    return this.#after[a];
  }

  /**
   * Writes the clock that a next event of `task` would have if it accessed nothing: what it knows of the past. It stands in the row
   * of the next event, `length`.
   */
  preparePast(world: World, task: number): void {
    this.#fit(world);
    const { gate, pending } = world.tasks[task]!;
    const end = endBefore(pending!);
    this.gate[this.length] = gate;
    this.end[this.length] = end;
    this.writePast(this.last[task]!, gate, end);
  }

  /** The same for an event that has been pushed already. */
  recallPast(event: number): void {
    this.writePast(this.#before[event]!, this.gate[event]!, this.end[event]!);
  }

  /** As {@link preparePast}, of a task whose latest event, gate and joined end are known. */
  writePast(last: number, gate: number, end: number): void {
    const { clocks, stride } = this;
    const width = this.#width;
    const row = this.length * stride;
    const from = last * stride;
    for (let t = 0; t < width; t++) clocks[row + t] = last < 0 ? 0 : clocks[from + t]!;
    if (gate >= 0) this.#join(row, gate);
    if (end >= 0) this.#join(row, end);
  }

  /** Adds the event whose past has been prepared. Its step has not run yet: see {@link seal}. */
  push(task: number, op: Op, choice: number, accesses: AccessSet): void {
    const e = this.length;
    const row = e * this.stride;
    const last = this.last[task]!;
    this.task[e] = task;
    this.ordinal[e] = last < 0 ? 0 : this.ordinal[last]! + 1;
    this.choice[e] = choice;
    this.#before[e] = last;
    this.op[e] = op;
    this.last[task] = e;
    const first = this.firstAccess[e]!;
    if (first + accesses.count > this.object.length) this.#growAccesses(first + accesses.count);
    for (let k = 0; k < accesses.count; k++) this.#access(first + k, e, accesses.objects[k]!, accesses.modes[k]!);
    this.firstAccess[e + 1] = first + accesses.count;
    this.clocks[row + task] = this.ordinal[e]! + 1;
    this.length = e + 1;
  }

  /** The step of the last event has run: keeps what it made of register-like objects. */
  seal(objects: readonly (SimObject | undefined)[]): void {
    const e = this.length - 1;
    const end = this.firstAccess[e + 1]!;
    for (let a = this.firstAccess[e]!; a < end; a++) {
      if (this.mode[a] !== EXCLUSIVE) continue;
      const object = objects[this.object[a]!]!;
      if (object.registerLike) this.#after[a] = object.snapshot();
    }
  }

  #access(a: number, e: number, object: number, mode: number): void {
    const head = this.head[object]!;
    this.object[a] = object;
    this.mode[a] = mode;
    this.event[a] = e;
    this.previous[a] = head;
    const joins = head >= 0 && mode !== EXCLUSIVE && this.mode[head] === mode;
    const before = joins ? this.blockBefore[head]! : head;
    this.blockBefore[a] = before;
    this.head[object] = a;
    const row = e * this.stride;
    // Every access of the block before: those that share its own `blockBefore`.
    for (let x = before; x >= 0 && this.blockBefore[x] === this.blockBefore[before]; x = this.previous[x]!) {
      if (this.event[x] !== e) this.#join(row, this.event[x]!);
    }
  }

  #join(row: number, event: number): void {
    const { clocks, stride } = this;
    const width = this.#width;
    const other = event * stride;
    for (let t = 0; t < width; t++) {
      const value = clocks[other + t]!;
      if (value > clocks[row + t]!) clocks[row + t] = value;
    }
  }

  /** Room for one more event of any task on any object. */
  #fit(world: World): void {
    if (world.tasks.length > this.stride) this.#widen(world.tasks.length);
    this.#width = world.tasks.length;
    if (world.objects.length > this.head.length) this.head = growInt32(this.head, world.objects.length, -1);
    if (this.length + 1 >= this.task.length) {
      const size = this.task.length * 2;
      this.task = growInt32(this.task, size);
      this.ordinal = growInt32(this.ordinal, size);
      this.choice = growInt32(this.choice, size);
      this.gate = growInt32(this.gate, size);
      this.end = growInt32(this.end, size);
      this.#before = growInt32(this.#before, size);
      this.firstAccess = growInt32(this.firstAccess, size + 1);
    }
    if ((this.length + 2) * this.stride > this.clocks.length) {
      this.clocks = growInt32(this.clocks, this.clocks.length * 2);
    }
  }

  #growAccesses(needed: number): void {
    const size = Math.max(needed, this.object.length * 2);
    this.object = growInt32(this.object, size);
    this.mode = growUint8(this.mode, size);
    this.event = growInt32(this.event, size);
    this.previous = growInt32(this.previous, size);
    this.blockBefore = growInt32(this.blockBefore, size);
  }

  #widen(tasks: number): void {
    const { stride, clocks } = this;
    let wide = stride;
    while (wide < tasks) wide *= 2;
    const rows = this.length + 2;
    const next = new Int32Array(Math.max(this.task.length, rows) * wide);
    for (let e = 0; e < this.length; e++) next.set(clocks.subarray(e * stride, e * stride + stride), e * wide);
    this.clocks = next;
    this.stride = wide;
    this.last = growInt32(this.last, wide, -1);
  }
}

/** The task that an operation waits for to end; null for any other operation. */
export function joined({ object, blocks }: Op): SimTask | null {
  return blocks && object instanceof SimTask ? object : null;
}

/** The event in which the task that `op` joins has ended; -1 when it joins none, or that has not, or not in an event. */
export function endBefore(op: Op): number {
  return joined(op)?.finishedAt ?? -1;
}
