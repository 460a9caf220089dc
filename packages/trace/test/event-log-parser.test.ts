import { ContextFlag, EventLogParser, TraceError } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { eventLogText } from './event-log-text.ts';
import { bytes, fixture } from './fixture.ts';

/** The records of a log, as text again. */
function roundTrip(log: string): { texts: string[]; parser: EventLogParser } {
  const texts: string[] = [];
  const parser: EventLogParser = new EventLogParser((record) => texts.push(eventLogText(record, parser)), {
    file: 'test.log',
  });
  parser.push(bytes(log));
  parser.end();
  return { texts, parser };
}

/** What the inverse leaves out of a line: where a report was printed, and whether debugging was on at a marker. */
const essential = (line: string): string => line.replace(/ line=\d+$/, '').replace(/debug_locks=[01] /, '');

const A =
  '15 A 1 73 wl 2 --IS-d-- 16.246526 lock=ffff888013cbb420 key=ffffffff821729d8 sub=0 try=0 read=1 chk=1 nest=0 off=0 cls=434 ret=1 ip=ksys_write+0x65';
const R = '16 R 1 73 wl 3 --IS-d-- 16.246582 lock=ffff888013cbb420 ip=ksys_write+0x65';

function failure(log: string): TraceError {
  try {
    roundTrip(log);
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('event log parser', () => {
  test('every record of a real log reads back to the same text', () => {
    const log = new TextDecoder().decode(fixture('event-log.txt'));
    const lines = log.trimEnd().split('\n');
    const { texts, parser } = roundTrip(log);
    expect(texts).toEqual(lines.map(essential));
    expect(parser.records).toBe(lines.length);
    expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(19);
  });

  test('the fields of an acquire', () => {
    let seen = 0;
    const parser: EventLogParser = new EventLogParser((record) => {
      seen++;
      expect(record).toMatchObject({
        type: 'A',
        sequence: 15,
        cpu: 1,
        pid: 73,
        depth: 2,
        time: 16.246526,
        subclass: 0,
        trylock: 0,
        read: 1,
        check: 1,
        nest: 0,
        hardirqsOff: 0,
        classIndex: 434,
        result: 1,
      });
      expect(record.context).toBe(ContextFlag.hardirqsEnabled | ContextFlag.softirqsEnabled | ContextFlag.irqsOff);
      expect(parser.addresses.text(record.lock)).toBe('ffff888013cbb420');
      expect(parser.addresses.text(record.key)).toBe('ffffffff821729d8');
      expect(parser.strings.text(record.comm)).toBe('wl');
      expect(parser.strings.text(record.ip)).toBe('ksys_write+0x65');
    });
    // Once by the general reader, at the end of the buffer, and once by the fast one.
    parser.push(bytes(`${A}\n`));
    parser.push(bytes(`${A}\n${R}\n`).subarray(0, A.length + 1));
    parser.push(bytes(`${A}\n${' '.repeat(200)}`).subarray(0, A.length + 1));
    expect(seen).toBe(3);
  });

  test.each([
    ['a space in the task name', A.replace(' wl ', ' kworker 0 1 '), 'comm'],
    ['a lone digit group in the task name', A.replace(' wl ', ' a 2 b '), 'comm'],
    ['a nest lock', A.replace('nest=0', 'nest=ffff888013cbb999'), 'nest'],
    ['a failed class', A.replace('cls=434 ret=1', 'cls=-1 ret=0'), 'result'],
    ['all context flags', A.replace('--IS-d--', 'hsISndtX'), 'context'],
    ['no time', A.replace('16.246526', '-'), 'time'],
    ['an out-of-range subclass', A.replace('sub=0', 'sub=12'), 'sub'],
  ])('%s', (_, line) => {
    expect(roundTrip(`${R}\n${line}\n${R}\n`).texts).toEqual([R, line, R]);
    expect(roundTrip(`${R}\n${line}\n${R}\n${R}\n`.repeat(4)).texts.filter((text) => text === line)).toHaveLength(4);
  });

  test('fields in another order, unknown fields, a carriage return and empty lines', () => {
    const shuffled =
      '15 A 1 73 wl 2 --IS-d-- 16.246526 key=ffffffff821729d8 new=1 lock=ffff888013cbb420 ip=ksys_write+0x65 sub=0 try=0 read=1 chk=1 nest=0 off=0 cls=434 ret=1';
    expect(roundTrip(`${shuffled}\r\n\n${R}\n`).texts).toEqual([A, R]);
  });

  test('a short and an upper-case address are the same as the full one', () => {
    const ids: number[] = [];
    const parser = new EventLogParser((record) => ids.push(record.lock));
    for (const address of ['0000000000001abc', '1abc', '1ABC', '0x1abc', '0'])
      parser.push(bytes(`1 R 0 1 a 1 -------- - lock=${address} ip=f\n`));
    expect(ids).toEqual([1, 1, 1, 1, 0]);
  });

  test('a last line without newline is used when it is whole', () => {
    const { texts, parser } = roundTrip(`${R}\n${A}`);
    expect(texts).toEqual([R, A]);
    expect(parser.warning).toBeNull();
  });

  test.each([5, 40, 60, 100, 120])('a last line torn after %i characters is left out with a warning', (length) => {
    const { texts, parser } = roundTrip(`${R}\n${A.slice(0, length)}`);
    expect(texts).toEqual([R]);
    expect(parser.warning).toMatch(/^line 2 is torn/);
  });

  test('a last line torn within the lock of a release is no release of another lock', () => {
    for (let length = R.indexOf('lock=') + 6; length <= R.indexOf(' ip='); length++) {
      const { texts, parser } = roundTrip(`${R}\n${R.slice(0, length)}`);
      expect(texts).toEqual([R]);
      expect(parser.warning).toMatch(/^line 2 is torn/);
    }
  });

  test('a torn line in the middle is an error that names the line', () => {
    const error = failure(`${R}\n${A.slice(0, 100)}\n${R}\n`);
    expect(error).toMatchObject({ code: 'malformed', file: 'test.log', line: 2 });
    expect(error.message).toMatch(/^test\.log:2: /);
    expect(error.hint).toContain('every record');
  });

  test.each([
    ['two lines run together', `${R}\n${R.slice(0, 30)}${A}\n`],
    ['an unknown type', `${R}\n${A.replace(' A ', ' Q ')}\n`],
    ['a letter in a number', `${R}\n${A.replace('try=0', 'try=o')}\n`],
    ['a letter in an address', `${R}\n${A.replace('cbb420', 'cbg420')}\n`],
    ['a flag out of place', `${R}\n${A.replace('--IS-d--', 'I-S--d--')}\n`],
    ['a missing field', `${R}\n${A.replace(' chk=1', '')}\n`],
  ])('%s is an error at line 2', (_, log) => {
    expect(failure(log + `${R}\n`.repeat(5))).toMatchObject({ code: 'malformed', line: 2 });
  });

  test('text of another kind is a wrong format', () => {
    expect(failure('hello\nworld\n')).toMatchObject({ code: 'wrong-format', line: 1 });
  });
});
