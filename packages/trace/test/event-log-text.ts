import type { EventLogParser, EventLogRecord } from '@lockdep/trace';

const FLAGS = 'hsISndtX';

/** Writes a record the way the recording kernel does: the inverse of the parser. */
export function eventLogText(record: EventLogRecord, parser: EventLogParser): string {
  const address = (id: number): string => parser.addresses.text(id);
  const flags = Array.from(FLAGS, (letter, bit) => (((record.context >> bit) & 1) === 1 ? letter : '-')).join('');
  const time = Number.isNaN(record.time) ? '-' : record.time.toFixed(6);
  const prefix = `${record.sequence} ${record.type} ${record.cpu} ${record.pid} ${parser.strings.text(record.comm)} ${record.depth} ${flags} ${time} `;
  const ip = `ip=${parser.strings.text(record.ip)}`;
  const lock = `lock=${address(record.lock)}`;
  const key = `key=${address(record.key)}`;
  const cls = `cls=${record.classIndex}`;
  const wait = `inner=${record.waitInner} outer=${record.waitOuter} type=${record.lockType}`;
  switch (record.type) {
    case 'A':
    case 'x':
    case 'S':
      return (
        `${prefix}${lock} ${key} sub=${record.subclass} try=${record.trylock} read=${record.read} chk=${record.check} ` +
        `nest=${address(record.nest)} off=${record.hardirqsOff} ${cls} ret=${record.result} ${ip}`
      );
    case 'R':
    case 'D':
    case 'y':
      return `${prefix}${lock} ${ip}`;
    case 'I':
      return `${prefix}${lock} ${key} sub=${record.subclass} ${wait} ${ip}`;
    case 'N':
      return (
        `${prefix}${cls} ${key} keysym=${record.keySymbol} sub=${record.subclass} ver=${record.version} ${wait} ` +
        `${lock} name=${record.lockName}`
      );
    case 'U':
      return `${prefix}${cls} bit=${record.bit} mask=${record.mask.toString(16)}`;
    case 'K':
      return `${prefix}${cls} read=${record.read} irqctx=${record.irqContext} len=${record.chainLength} chain=${record.chainKey}`;
    case 'E':
    case 'e':
      return `${prefix}from=${record.from} to=${record.to} dist=${record.distance} dep=${record.dep}`;
    case 'Z':
      return `${prefix}${cls} ${key} sub=${record.subclass}`;
    case 'k':
      return `${prefix}${key}`;
    case 'W':
      return `${prefix}func=${record.func}`;
    case '#':
      return `${prefix}text=${record.text}`;
    default:
      return prefix;
  }
}
