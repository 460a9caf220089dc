/**
 * The frequent half of event log parsing: acquire, release, downgrade and enable lines in the form the recorder writes
 * them.
 *
 * Anything else, down to a number of two digits where there is always one, makes {@link EventLogHotLine.read} give up
 * with -1 and the line is read again the general way (`event-log-fields.ts`), so this half need not be complete, only
 * never wrong. Cost: 0.2–0.4 µs a line of 110 bytes; allocates nothing. Numbers are read digit by digit, all else four
 * bytes at a time.
 */
import type { AddressTable } from './address-table.ts';
import { byteWord } from './byte-word.ts';
import { type EventLogRecord, type EventLogType, FLAG_LETTERS, RECORD_TYPES } from './event-log-record.ts';
import type { StringTable } from './string-table.ts';

/** A line must be followed by this many readable bytes: words are read four bytes at a time, addresses sixteen. */
export const HOT_LINE_SLACK = 64;

const NEWLINE = 10;
const SPACE = 32;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const EQUALS = 61;

/** Record type by its byte. */
const TYPES: readonly (EventLogType | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte) as EventLogType;
  return RECORD_TYPES.includes(letter) ? letter : undefined;
});

const FRACTION = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

export class EventLogHotLine {
  readonly #record: EventLogRecord;
  readonly #addresses: AddressTable;
  readonly #strings: StringTable;
  /** Where {@link #decimal} stopped. */
  #at = 0;
  /** The two words of the flags last seen, and their meaning: they rarely change from line to line. */
  #flags0 = 0;
  #flags1 = 0;
  #context = 0;

  /** By caller: the caller of the event that came after it last time. Code repeats itself, so this is a good guess. */
  readonly #followers: number[] = [];
  #lastIp = 0;

  constructor(record: EventLogRecord, addresses: AddressTable, strings: StringTable) {
    this.#record = record;
    this.#addresses = addresses;
    this.#strings = strings;
  }

  /**
   * Reads the line at `start` into the record; returns where the next line starts, or -1 when it is of another form.
   */
  read(bytes: Uint8Array, view: DataView, start: number): number {
    const body = this.#prefix(bytes, view, start);
    if (body < 0) return -1;
    switch (this.#record.type) {
      case 'A':
        return this.#acquire(bytes, view, body);
      case 'R':
      case 'D':
        return this.#release(bytes, view, body);
      case 'H':
      case 's':
        return bytes[body] === NEWLINE ? body + 1 : -1;
      default:
        return -1;
    }
  }

  /** `SEQ TYPE CPU PID COMM DEPTH CTX TIME `; returns where the fields start. */
  #prefix(bytes: Uint8Array, view: DataView, start: number): number {
    const record = this.#record;
    record.sequence = this.#decimal(bytes, start);
    let at = this.#at;
    if (at === start || bytes[at] !== SPACE || bytes[at + 2] !== SPACE) return -1;
    const type = TYPES[bytes[at + 1]!];
    if (type === undefined) return -1;
    record.type = type;
    const cpu = at + 3;
    record.cpu = this.#decimal(bytes, cpu);
    at = this.#at;
    if (at === cpu || bytes[at] !== SPACE) return -1;
    const pid = at + 1;
    record.pid = this.#decimal(bytes, pid);
    at = this.#at;
    if (at === pid || bytes[at] !== SPACE) return -1;
    record.comm = this.#strings.internGuessed(view, at + 1, record.comm);
    at = this.#strings.end;
    if (bytes[at] !== SPACE) return -1;
    const depth = at + 1;
    record.depth = this.#decimal(bytes, depth);
    at = this.#at;
    if (at === depth || bytes[at] !== SPACE || bytes[at + 9] !== SPACE) return -1;
    if (!this.#flags(bytes, view, at + 1)) return -1;
    return this.#time(bytes, at + 10);
  }

  /** The eight flags. */
  #flags(bytes: Uint8Array, view: DataView, at: number): boolean {
    const flags0 = view.getInt32(at, true);
    const flags1 = view.getInt32(at + 4, true);
    if (flags0 !== this.#flags0 || flags1 !== this.#flags1) {
      let context = 0;
      for (let i = 0; i < 8; i++) {
        const byte = bytes[at + i]!;
        if (byte === MINUS) continue;
        if (byte !== FLAG_LETTERS.charCodeAt(i)) return false;
        context |= 1 << i;
      }
      this.#flags0 = flags0;
      this.#flags1 = flags1;
      this.#context = context;
    }
    this.#record.context = this.#context;
    return true;
  }

  /** `-` or seconds, and the space behind. */
  #time(bytes: Uint8Array, start: number): number {
    if (bytes[start] === MINUS) {
      this.#record.time = Number.NaN;
      return bytes[start + 1] === SPACE ? start + 2 : -1;
    }
    const seconds = this.#decimal(bytes, start);
    const dot = this.#at;
    if (dot === start || bytes[dot] !== DOT) return -1;
    const fraction = this.#decimal(bytes, dot + 1);
    const end = this.#at;
    const scale = FRACTION[end - dot - 1];
    if (scale === undefined || bytes[end] !== SPACE) return -1;
    // One division of two exact integers: the same double as the decimal text means.
    this.#record.time = (seconds * scale + fraction) / scale;
    return end + 1;
  }

  /** `lock=… key=… sub=… try=… read=… chk=… nest=0 off=… cls=… ret=… ip=…` in this order, flags of one digit. */
  #acquire(bytes: Uint8Array, view: DataView, start: number): number {
    const record = this.#record;
    const lock = this.#lock(bytes, view, start);
    if (lock < 0 || bytes[start + 21] !== SPACE || view.getInt32(start + 22, true) !== KEY.key) return -1;
    const key = this.#addresses.internDigits(view, start + 26);
    if (key < 0 || bytes[start + 42] !== SPACE) return -1;
    record.lock = lock;
    record.key = key;
    const at = this.#flagFields(bytes, view, start + 43);
    if (at < 0 || view.getInt32(at, true) !== KEY.cls) return -1;
    record.classIndex = this.#decimal(bytes, at + 4);
    const ret = this.#at + 1;
    if (ret === at + 5 || bytes[ret - 1] !== SPACE || view.getInt32(ret, true) !== KEY.ret) return -1;
    const result = bytes[ret + 4]! - ZERO;
    if (result < 0 || result > 9) return -1;
    record.result = result;
    return this.#ip(bytes, view, ret + 5);
  }

  /** `sub=S try=T read=R chk=C nest=0 off=O ` with one digit each: their places are fixed. */
  #flagFields(bytes: Uint8Array, view: DataView, at: number): number {
    const record = this.#record;
    const ordered =
      view.getInt32(at, true) === KEY.sub &&
      view.getInt32(at + 6, true) === KEY.try &&
      view.getInt32(at + 12, true) === KEY.read &&
      bytes[at + 16] === EQUALS &&
      view.getInt32(at + 19, true) === KEY.chk &&
      view.getInt32(at + 25, true) === KEY.nest &&
      bytes[at + 29] === EQUALS &&
      bytes[at + 30] === ZERO &&
      view.getInt32(at + 32, true) === KEY.off;
    if (!ordered) return -1;
    const sub = bytes[at + 4]! - ZERO;
    const trylock = bytes[at + 10]! - ZERO;
    const read = bytes[at + 17]! - ZERO;
    const check = bytes[at + 23]! - ZERO;
    const off = bytes[at + 36]! - ZERO;
    // All at once: a byte that is no digit leaves a value outside 0–7 in at least one of them.
    if (((sub | trylock | read | check | off) & ~7) !== 0) return -1;
    // And each is followed by a space, where the next field was found one byte on.
    if (bytes[at + 5] !== SPACE || bytes[at + 11] !== SPACE || bytes[at + 18] !== SPACE) return -1;
    if (bytes[at + 24] !== SPACE || bytes[at + 31] !== SPACE || bytes[at + 37] !== SPACE) return -1;
    record.subclass = sub;
    record.trylock = trylock;
    record.read = read;
    record.check = check;
    record.nest = 0;
    record.hardirqsOff = off;
    return at + 38;
  }

  /** `lock=… ip=…` */
  #release(bytes: Uint8Array, view: DataView, start: number): number {
    const lock = this.#lock(bytes, view, start);
    if (lock < 0) return -1;
    this.#record.lock = lock;
    return this.#ip(bytes, view, start + 21);
  }

  /** `lock=` and 16 digits; the address id or -1. */
  #lock(bytes: Uint8Array, view: DataView, start: number): number {
    if (view.getInt32(start, true) !== KEY.lock || bytes[start + 4] !== EQUALS) return -1;
    return this.#addresses.internDigits(view, start + 5);
  }

  /** ` ip=…` and the end of the line; returns where the next line starts. */
  #ip(bytes: Uint8Array, view: DataView, at: number): number {
    if (view.getInt32(at, true) !== KEY.ip) return -1;
    const ip = this.#strings.internGuessed(view, at + 4, this.#followers[this.#lastIp] ?? 0);
    this.#followers[this.#lastIp] = ip;
    this.#lastIp = ip;
    this.#record.ip = ip;
    const end = this.#strings.end;
    return bytes[end] === NEWLINE ? end + 1 : -1;
  }

  /** A number from `start` on; leaves `#at` behind it, which is `start` when there is none. */
  #decimal(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    for (;;) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    this.#at = at;
    return value;
  }
}

const KEY = {
  lock: byteWord('lock'),
  key: byteWord('key='),
  sub: byteWord('sub='),
  try: byteWord('try='),
  read: byteWord('read'),
  chk: byteWord('chk='),
  nest: byteWord('nest'),
  off: byteWord('off='),
  cls: byteWord('cls='),
  ret: byteWord('ret='),
  ip: byteWord(' ip='),
} as const;
