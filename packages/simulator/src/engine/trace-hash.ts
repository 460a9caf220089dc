/**
 * The hash of a Mazurkiewicz trace, kept up step by step: equivalent executions have equal hashes, in any order of independent steps.
 *
 * Canonical form: per object, its accesses cut into maximal blocks of commuting ones, each block as a set, blocks in order; and the
 * outcome of every choice. An event is (task, its how-manieth step). Two independent 32-bit lanes; O(1) per access, no allocation; reading
 * the value costs O(objects touched).
 */
import { EXCLUSIVE } from './access.ts';
import type { AccessSet } from './access-set.ts';
import { growInt32 } from './grow.ts';

/** One row per object: the closed blocks in two lanes, the open block in two lanes (a sum), its mode, whether it is touched. */
const ROW = 8;
const SUM = 2;
const MODE = 4;
const TOUCHED = 5;

export class TraceHash {
  #rows: Int32Array = new Int32Array(16 * ROW);
  #touched: Int32Array = new Int32Array(16);
  #count = 0;
  /** Steps that access nothing. */
  #a = 0;
  #b = 0;

  restart(): void {
    for (let i = 0; i < this.#count; i++) {
      const row = this.#touched[i]!;
      for (let k = 0; k < ROW; k++) this.#rows[row + k] = 0;
    }
    this.#count = 0;
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
    const row = object * ROW;
    if (row >= this.#rows.length) this.#rows = growInt32(this.#rows, row + ROW);
    const rows = this.#rows;
    const event = eventOf(task, ordinal);
    if (rows[row + TOUCHED] === 0) this.#touch(row);
    else if (mode !== EXCLUSIVE && mode === rows[row + MODE]) {
      rows[row + SUM] = rows[row + SUM]! + laneA(event);
      rows[row + SUM + 1] = rows[row + SUM + 1]! + laneB(event);
      return;
    } else {
      rows[row] = foldA(rows[row]!, rows[row + SUM]!);
      rows[row + 1] = foldB(rows[row + 1]!, rows[row + SUM + 1]!);
    }
    rows[row + SUM] = laneA(event);
    rows[row + SUM + 1] = laneB(event);
    rows[row + MODE] = mode;
  }

  /** A step that accesses nothing, with its outcome. */
  choose(task: number, ordinal: number, choice: number): void {
    const event = eventOf(task, ordinal);
    this.#a = (this.#a + foldA(choice + 1, laneA(event))) | 0;
    this.#b = (this.#b + foldB(choice + 1, laneB(event))) | 0;
  }

  /** A non-negative integer below 2^53. */
  get value(): number {
    const rows = this.#rows;
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < this.#count; i++) {
      const row = this.#touched[i]!;
      const mode = rows[row + MODE]! + 1;
      a = (a + foldA(foldA(rows[row]!, rows[row + SUM]!) + mode, row)) | 0;
      b = (b + foldB(foldB(rows[row + 1]!, rows[row + SUM + 1]!) + mode, row)) | 0;
    }
    return (a >>> 0) * 0x20_0000 + (b >>> 11);
  }

  #touch(row: number): void {
    this.#rows[row + TOUCHED] = 1;
    if (this.#count === this.#touched.length) this.#touched = growInt32(this.#touched, this.#count + 1);
    this.#touched[this.#count++] = row;
  }
}

/** Different for the events of up to 4,096 tasks of up to a million steps. */
function eventOf(task: number, ordinal: number): number {
  return ((task << 20) + ordinal + 1) | 0;
}

function laneA(event: number): number {
  const h = Math.imul(event, 0x85ebca6b);
  return Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
}

function laneB(event: number): number {
  const h = Math.imul(event, 0xcc9e2d51 | 0);
  return Math.imul(h ^ (h >>> 13), 0x297a2d39);
}

function foldA(hash: number, block: number): number {
  const h = Math.imul((hash ^ block) + 0x6d2b79f5, 0x846ca68b | 0);
  return h ^ (h >>> 15);
}

function foldB(hash: number, block: number): number {
  const h = Math.imul((hash + block) ^ 0x1b873593, 0x9e3779b1 | 0);
  return h ^ (h >>> 13);
}
