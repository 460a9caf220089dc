/**
 * The rare half of event log parsing: `key=value` fields in any order, by string.
 *
 * Used for the record types that come once in hundreds of lines, and for a hot line written in an unusual way; the
 * common lines never come here (see `event-log-parser.ts`). Fields with unknown names are skipped, so that a recorder
 * may add some.
 */
import type { AddressTable } from './address-table.ts';
import type { EventLogRecord, EventLogType } from './event-log-record.ts';
import type { StringTable } from './string-table.ts';

/** Fields without which a record of the type means nothing. `ip` is never among them. */
const REQUIRED: Readonly<Record<EventLogType, readonly string[]>> = {
  A: ['lock', 'key', 'sub', 'try', 'read', 'chk', 'nest', 'off', 'cls', 'ret'],
  S: ['lock', 'read', 'chk', 'off'],
  x: ['lock'],
  R: ['lock'],
  D: ['lock'],
  C: ['lock', 'key'],
  I: ['lock', 'key', 'sub', 'inner', 'outer', 'type'],
  y: ['lock'],
  k: ['key'],
  N: ['cls', 'key', 'sub', 'inner', 'outer', 'type', 'name'],
  U: ['cls', 'bit', 'mask'],
  K: ['cls', 'irqctx', 'len', 'chain'],
  E: ['from', 'to', 'dist', 'dep'],
  e: ['from', 'to', 'dist', 'dep'],
  Z: ['cls'],
  W: ['func'],
  '#': [],
  '!': [],
  H: [],
  s: [],
  '0': [],
};

/** The fields that take the rest of the line, spaces included. */
const REST_OF_LINE: Readonly<Record<string, true>> = { name: true, text: true };

const DECIMAL = /^-?\d{1,15}$/;
const HEXADECIMAL = /^[0-9a-f]{1,16}$/i;

/**
 * Fills the record from the text behind the time stamp.
 *
 * @returns What is wrong with it, or `null`.
 */
export function readFields(
  record: EventLogRecord,
  body: string,
  addresses: AddressTable,
  strings: StringTable,
): string | null {
  clear(record);
  const seen = new Set<string>();
  let at = 0;
  while (at < body.length) {
    if (body[at] === ' ') {
      at++;
      continue;
    }
    const equals = body.indexOf('=', at);
    const space = body.indexOf(' ', at);
    if (equals < 0 || (space >= 0 && space < equals))
      return `'${body.slice(at, space < 0 ? undefined : space)}' is no key=value`;
    const key = body.slice(at, equals);
    const end = space < 0 || REST_OF_LINE[key] ? body.length : space;
    const value = body.slice(equals + 1, end);
    if (!assign(record, key, value, addresses, strings)) return `${key}='${value}' is not a value of that field`;
    seen.add(key);
    at = end;
  }
  const missing = REQUIRED[record.type].find((key) => !seen.has(key));
  return missing === undefined ? null : `field '${missing}=' is missing`;
}

/**
 * Can a line that ends here have lost a part of its last field, and with it its meaning? A shortened address is another lock's; a
 * shortened caller is not worth a record.
 */
export function mayBeCut(type: EventLogType, line: string): boolean {
  const last = / (\w+)=[^ =]*$/.exec(line)?.[1];
  return last !== undefined && REQUIRED[type].includes(last);
}

/** Resets what a record of the type may leave out. */
function clear(record: EventLogRecord): void {
  record.lock = record.key = record.nest = record.ip = 0;
  record.subclass = record.trylock = record.read = record.check = record.hardirqsOff = 0;
  record.classIndex = -1;
  record.result = 0;
  record.version = 1;
  record.keySymbol = record.lockName = record.text = '';
}

function assign(
  record: EventLogRecord,
  key: string,
  value: string,
  addresses: AddressTable,
  strings: StringTable,
): boolean {
  switch (key) {
    case 'lock':
    case 'key':
    case 'nest': {
      const id = addresses.internText(value);
      if (id !== undefined) record[key] = id;
      return id !== undefined;
    }
    case 'ip':
      record.ip = strings.internText(value);
      return true;
    case 'keysym':
      record.keySymbol = value;
      return true;
    case 'name':
      record.lockName = value;
      return true;
    case 'func':
      record.func = value;
      return true;
    case 'text':
      record.text = value;
      return true;
    case 'chain':
      record.chainKey = value;
      return HEXADECIMAL.test(value);
    case 'mask':
      record.mask = Number.parseInt(value, 16);
      return HEXADECIMAL.test(value);
    default: {
      const field = NUMBERS[key];
      if (field === undefined) return true;
      record[field] = Number(value);
      return DECIMAL.test(value);
    }
  }
}

type NumberField = {
  [F in keyof EventLogRecord]: EventLogRecord[F] extends number ? F : never;
}[keyof EventLogRecord];

const NUMBERS: Readonly<Record<string, NumberField | undefined>> = {
  sub: 'subclass',
  try: 'trylock',
  read: 'read',
  chk: 'check',
  off: 'hardirqsOff',
  cls: 'classIndex',
  ret: 'result',
  inner: 'waitInner',
  outer: 'waitOuter',
  type: 'lockType',
  ver: 'version',
  from: 'from',
  to: 'to',
  dist: 'distance',
  dep: 'dep',
  bit: 'bit',
  irqctx: 'irqContext',
  len: 'chainLength',
};
