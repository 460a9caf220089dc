/**
 * The part of an ftrace line in front of the event's name: task, pid, cpu, irq flags and time, read from the right.
 *
 * ```
 *     wl-73      [001] d..2.    10.123456                     tracefs, trace-cmd
 *     wl-73   (     71) [001] 10.123456                       with thread group ids, without flags
 *     wl    73/74 [001]    10.123456                          perf script
 * ```
 * Only the task name may hold anything at all, and it comes first: so what is left of the last well-formed column is
 * the name.
 */
import type { FtraceRecord } from './ftrace-record.ts';
import type { StringTable } from './string-table.ts';

const SPACE = 32;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const OPEN = 91;
const CLOSE = 93;

export class FtracePrefix {
  readonly #record: FtraceRecord;
  readonly #strings: StringTable;
  /** Result of {@link #number}: where the digits begin. */
  #begin = 0;

  constructor(record: FtraceRecord, strings: StringTable) {
    this.#record = record;
    this.#strings = strings;
  }

  /** Reads bytes `[start, colon)` into the record; false when they are no such prefix. */
  read(bytes: Uint8Array, view: DataView, start: number, colon: number): boolean {
    const record = this.#record;
    const fraction = this.#number(bytes, start, colon);
    let at = this.#begin;
    if (at === colon) return false;
    record.time = fraction;
    if (bytes[at - 1] === DOT) {
      const scale = 10 ** (colon - at);
      const dot = at - 1;
      record.time = (this.#number(bytes, start, dot) * scale + fraction) / scale;
      at = this.#begin;
      if (at === dot) return false;
    }
    at = spacesBefore(bytes, start, at);
    at = this.#flags(bytes, start, at);
    if (at < 0) return false;
    record.cpu = -1;
    if (bytes[at - 1] === CLOSE) {
      record.cpu = this.#number(bytes, start, at - 1);
      if (this.#begin === at - 1 || bytes[this.#begin - 1] !== OPEN) return false;
      at = spacesBefore(bytes, start, this.#begin - 1);
      at = this.#threadGroup(bytes, start, at);
    }
    return this.#task(bytes, view, start, at);
  }

  /** The irq flags column, if there is one; returns where it begins, spaces in front of it included, or -1. */
  #flags(bytes: Uint8Array, start: number, end: number): number {
    const record = this.#record;
    record.hasFlags = false;
    record.irqsOff = record.hardirq = record.softirqsOff = record.softirq = record.nmi = record.tellsSoftirqs = false;
    if (bytes[end - 1] === CLOSE) return end;
    let at = end;
    while (at > start && bytes[at - 1]! > SPACE) at--;
    const behindCpu = spacesBefore(bytes, start, at);
    // Without `[CPU]` before it the word is no flags column but the pid of a line that has neither.
    if (bytes[behindCpu - 1] !== CLOSE) return end;
    if (end - at < 4 || end - at > 8) return -1;
    const off = bytes[at]!;
    const context = bytes[at + 2]!;
    record.hasFlags = true;
    record.irqsOff = off === 100 /* d */ || off === 68 /* D */;
    record.softirqsOff = off === 98 /* b */ || off === 68 /* D */;
    record.hardirq = context === 104 /* h */ || context === 72 /* H */ || context === 90 /* Z */;
    record.softirq = context === 115 /* s */ || context === 72 /* H */;
    record.nmi = context === 122 /* z */ || context === 90 /* Z */;
    record.tellsSoftirqs = end - at >= 5;
    return behindCpu;
  }

  /** Steps over the `(tgid)` column of the record-tgid option. */
  #threadGroup(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[end - 1] !== CLOSE_ROUND) return end;
    let at = end - 2;
    while (at > start && (bytes[at] === SPACE || bytes[at] === MINUS || isDigit(bytes[at]!))) at--;
    return bytes[at] === OPEN_ROUND ? spacesBefore(bytes, start, at) : end;
  }

  /** `TASK-PID`, `TASK PID` or `TASK PID/TID`. */
  #task(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const record = this.#record;
    record.pid = this.#number(bytes, start, end);
    let at = this.#begin;
    if (at === end || at <= start) return false;
    if (bytes[at - 1] === SLASH) {
      const slash = at - 1;
      this.#number(bytes, start, slash);
      at = this.#begin;
      if (at === slash || at <= start) return false;
    }
    if (bytes[at - 1] !== MINUS && bytes[at - 1] !== SPACE) return false;
    at = bytes[at - 1] === MINUS ? at - 1 : spacesBefore(bytes, start, at);
    let from = start;
    while (from < at && bytes[from]! <= SPACE) from++;
    if (from === at) return false;
    record.comm = this.#strings.internBytes(view, from, at);
    return true;
  }

  /** The number that ends before `end`; `#begin` tells where it begins (`end` when there is none). */
  #number(bytes: Uint8Array, start: number, end: number): number {
    let value = 0;
    let scale = 1;
    let at = end;
    while (at > start && isDigit(bytes[at - 1]!)) {
      at--;
      value += (bytes[at]! - 48) * scale;
      scale *= 10;
    }
    this.#begin = at;
    return value;
  }
}

function spacesBefore(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1]! <= SPACE) at--;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
