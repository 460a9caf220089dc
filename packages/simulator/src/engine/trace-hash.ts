/**
 * The hash of a Mazurkiewicz trace, kept up step by step: equivalent executions have equal hashes, in any order of independent steps.
 *
 * Canonical form: per object, its accesses cut into maximal blocks of commuting ones, each block as a set, blocks in order; and the
 * outcome of every choice. An event is (task, its how-manieth step). Two 32-bit lanes, O(1) per access, no allocation.
 */

import { EXCLUSIVE } from './access.ts';
import type { AccessSet } from './access-set.ts';
import { growInt32, growUint8 } from './grow.ts';

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ (b + 0x7feb352d), 0x846ca68b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 12);
}

export class TraceHash {
  /** Per object: the blocks before the present one, the present block as a sum, its mode, what the object adds to the total. */
  #base: Int32Array = new Int32Array(64);
  #baseB: Int32Array = new Int32Array(64);
  #block: Int32Array = new Int32Array(64);
  #blockB: Int32Array = new Int32Array(64);
  #mode: Uint8Array = new Uint8Array(64);
  #share: Int32Array = new Int32Array(64);
  #shareB: Int32Array = new Int32Array(64);
  #touched: number[] = [];
  #a = 0;
  #b = 0;

  restart(): void {
    for (const object of this.#touched) {
      this.#base[object] = this.#baseB[object] = this.#block[object] = this.#blockB[object] = 0;
      this.#share[object] = this.#shareB[object] = 0;
      this.#mode[object] = EXCLUSIVE;
    }
    this.#touched.length = 0;
    this.#a = 0;
    this.#b = 0;
  }

  /** The step `ordinal` of `task` with these accesses; `choice` is its outcome where it had several, else 0. */
  add(task: number, ordinal: number, choice: number, accesses: AccessSet): void {
    for (let k = 0; k < accesses.count; k++) {
      this.access(task, ordinal, accesses.objects[k]!, accesses.modes[k]!);
    }
    if (accesses.count === 0 || choice > 0) this.choose(task, ordinal, choice);
  }

  /** One access of an event. */
  access(task: number, ordinal: number, object: number, mode: number): void {
    if (object >= this.#base.length) this.#grow(object + 1);
    const event = mix(Math.imul(task + 1, 0x9e3779b1), ordinal);
    const eventB = mix(Math.imul(ordinal + 1, 0x85ebca77), task);
    if (this.#share[object] === 0 && this.#shareB[object] === 0) this.#touched.push(object);
    if (mode === EXCLUSIVE || mode !== this.#mode[object]) {
      this.#base[object] = mix(this.#base[object]!, this.#block[object]!);
      this.#baseB[object] = mix(this.#baseB[object]!, this.#blockB[object]! ^ 0x27d4eb2f);
      this.#block[object] = event;
      this.#blockB[object] = eventB;
      this.#mode[object] = mode;
    } else {
      this.#block[object] = (this.#block[object]! + event) | 0;
      this.#blockB[object] = (this.#blockB[object]! + eventB) | 0;
    }
    const share = mix(mix(object + 1, this.#base[object]!), this.#block[object]! + mode);
    const shareB = mix(mix(~object, this.#baseB[object]!), this.#blockB[object]! - mode);
    this.#a = (this.#a + share - this.#share[object]!) | 0;
    this.#b = (this.#b + shareB - this.#shareB[object]!) | 0;
    this.#share[object] = share;
    this.#shareB[object] = shareB;
  }

  /** A non-negative integer below 2^53. */
  get value(): number {
    return (this.#a >>> 0) * 0x20_0000 + (this.#b >>> 11);
  }

  /** A step that accesses nothing, with its outcome. */
  choose(task: number, ordinal: number, choice: number): void {
    const event = mix(Math.imul(task + 1, 0x9e3779b1), ordinal);
    this.#a = (this.#a + mix(event, choice)) | 0;
    this.#b = (this.#b + mix(choice, event ^ 0x165667b1)) | 0;
  }

  #grow(size: number): void {
    this.#base = growInt32(this.#base, size);
    this.#baseB = growInt32(this.#baseB, size);
    this.#block = growInt32(this.#block, size);
    this.#blockB = growInt32(this.#blockB, size);
    this.#share = growInt32(this.#share, size);
    this.#shareB = growInt32(this.#shareB, size);
    this.#mode = growUint8(this.#mode, size);
  }
}
