import { FtraceParser, type FtraceRecord } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { bytes, fixture } from './fixture.ts';

interface Event extends Partial<Omit<FtraceRecord, 'comm' | 'lock' | 'name'>> {
  readonly comm: string;
  readonly lock: string;
  readonly name: string;
}

function parse(text: string): { events: Event[]; parser: FtraceParser } {
  const events: Event[] = [];
  const parser: FtraceParser = new FtraceParser((event) => {
    events.push({
      ...event,
      comm: parser.strings.text(event.comm),
      lock: parser.addresses.text(event.lock),
      name: parser.strings.text(event.name),
    });
  });
  parser.push(bytes(text));
  parser.end();
  return { events, parser };
}

/** One line alone, and the same between others, where the fast path reads it. */
function parseLine(line: string): Event | undefined {
  const alone = parse(`${line}\n`).events;
  const filler = '# a comment that is long enough to give the parser room to look ahead\n';
  const among = parse(`${filler}${line}\n${filler.repeat(3)}`).events;
  expect(among).toEqual(alone);
  expect(alone.length).toBeLessThanOrEqual(1);
  return alone[0];
}

describe('tracefs', () => {
  test('every event of a recording, against a regular expression', () => {
    const text = new TextDecoder().decode(fixture('ftrace.txt'));
    const wanted = [
      ...text.matchAll(/^\s*(.+)-(\d+)\s+\[(\d+)\] (.{5})\s+([\d.]+): lock_(\w+): ([0-9a-f]+) (try )?(read )?(.*)$/gm),
    ].map(([, comm, pid, cpu, flags = '', time, event, lock, trylock, read, name]) => ({
      event,
      comm,
      pid: Number(pid),
      cpu: Number(cpu),
      time: Number(time),
      lock,
      name,
      trylock: trylock !== undefined,
      read: read !== undefined,
      hasFlags: true,
      irqsOff: 'dD'.includes(flags[0]!),
      softirqsOff: 'bD'.includes(flags[0]!),
      hardirq: 'hHZ'.includes(flags[2]!),
      softirq: 'sH'.includes(flags[2]!),
      nmi: 'zZ'.includes(flags[2]!),
      tellsSoftirqs: true,
    }));
    const { events, parser } = parse(text);
    expect(wanted.length).toBe(170);
    expect(events).toMatchObject(wanted);
    expect(new Set(events.map(({ event }) => event)).size).toBe(3);
    expect(parser).toMatchObject({ events: 170, skippedLines: 12, malformedLines: 0, warning: null });
  });

  const base = { event: 'acquire', pid: 73, cpu: 1, lock: 'ffff888000001000' };

  test.each([
    [
      'the idle task',
      '          <idle>-0       [003] d.h1.  10.5: lock_release: ffff888000001000 &rq->__lock',
      {
        event: 'release',
        comm: '<idle>',
        pid: 0,
        cpu: 3,
        hardirq: true,
        name: '&rq->__lock',
        time: 10.5,
      },
    ],
    [
      'a task name with spaces and dashes',
      ' my - task-7-73      [001] d..2.    10.1: lock_acquire: ffff888000001000 &x->y',
      {
        ...base,
        comm: 'my - task-7',
        name: '&x->y',
      },
    ],
    [
      'a task name like a cpu',
      ' a [001] b-73 [001] d..2. 10.1: lock_acquire: ffff888000001000 l',
      { ...base, comm: 'a [001] b' },
    ],
    [
      'a task name with a colon',
      ' kworker/0:1: lock-73 [001] d..2. 10.1: lock_acquire: ffff888000001000 l',
      {
        ...base,
        comm: 'kworker/0:1: lock',
      },
    ],
    [
      'a lock name with spaces',
      ' a-73 [001] ..... 10.1: lock_acquire: ffff888000001000 read &(a b)->c (d)',
      {
        ...base,
        read: true,
        name: '&(a b)->c (d)',
      },
    ],
    ['a nameless lock', ' a-73 [001] ..... 10.1: lock_acquire: ffff888000001000 (null)', { ...base, name: '(null)' }],
    [
      'try and read',
      ' a-73 [001] ..... 10.1: lock_acquire: ffff888000001000 try read jbd2_handle',
      {
        ...base,
        trylock: true,
        read: true,
        name: 'jbd2_handle',
      },
    ],
    [
      'a lock called like a flag',
      ' a-73 [001] ..... 10.1: lock_acquire: ffff888000001000 tryst',
      {
        ...base,
        trylock: false,
        name: 'tryst',
      },
    ],
    [
      'a release has no flags',
      ' a-73 [001] ..... 10.1: lock_release: ffff888000001000 read on',
      {
        ...base,
        event: 'release',
        read: false,
        name: 'read on',
      },
    ],
    [
      'four flags of older kernels',
      ' a-73 [001] d.s3 10.1: lock_acquire: ffff888000001000 l',
      {
        ...base,
        irqsOff: true,
        softirq: true,
        tellsSoftirqs: false,
      },
    ],
    ['no flags', ' a-73 [001] 10.1: lock_acquire: ffff888000001000 l', { ...base, hasFlags: false }],
    [
      'thread group ids',
      ' a-73   (     71) [001] b.... 10.1: lock_acquire: ffff888000001000 l',
      { ...base, softirqsOff: true },
    ],
    [
      'unknown thread group',
      ' a-73   (-------) [001] D.... 10.1: lock_acquire: ffff888000001000 l',
      {
        ...base,
        comm: 'a',
        softirqsOff: true,
        irqsOff: true,
      },
    ],
    ['a counter clock', ' a-73 [001] ..... 123456789: lock_acquire: ffff888000001000 l', { ...base, time: 123456789 }],
    ['nmi inside an interrupt', ' a-73 [001] d.Z1. 1.0: lock_acquire: ffff888000001000 l', { ...base, nmi: true }],
    ['a 32-bit address', ' a-73 [001] ..... 1.0: lock_acquire: c0101010 l', { ...base, lock: '00000000c0101010' }],
    ['lock_acquired', ' a-73 [001] ..... 1.0: lock_acquired: ffff888000001000 l', { ...base, event: 'acquired' }],
    ['lock_contended', ' a-73 [001] ..... 1.0: lock_contended: ffff888000001000 l', { ...base, event: 'contended' }],
  ])('%s', (_, line, wanted) => {
    expect(parseLine(line)).toMatchObject(wanted);
  });

  test.each([
    '# tracer: nop',
    ' a-73 [001] ..... 1.0: sched_switch: prev_comm=a',
    ' a-73 [001] ..... 1.0: lock_acquire_slow: ffff888000001000 l',
    ' a-73 [001] ..... 1.0: contention_begin: ffff888000001000 (flags=SPIN)',
    '        ffffffff811 lock_acquire+0xcf ([kernel.kallsyms])',
    '',
  ])('not a lock event: %s', (line) => {
    const { events, parser } = parse(`${line}\n`);
    expect(events).toEqual([]);
    expect(parser).toMatchObject({ skippedLines: 1, malformedLines: 0 });
  });

  test.each([
    'lock_acquire without anything before: lock_acquire: ffff888000001000 l',
    ' a-73 [001] ..... 1.0: lock_acquire: nonsense l',
    ' a-73 [001] ..... 1.0: lock_acquire: ffff888000001000 ',
    ' a-73 [0x1] ..... 1.0: lock_acquire: ffff888000001000 l',
  ])('a lock event that cannot be read: %s', (line) => {
    const { events, parser } = parse(`${line}\n`);
    expect(events).toEqual([]);
    expect(parser).toMatchObject({ skippedLines: 0, malformedLines: 1 });
  });

  test('lost events are told, with their number where it is known', () => {
    const { events } = parse('CPU:1 [LOST 1234 EVENTS]\nCPU:3 [LOST EVENTS]\nCPU:2 [17 EVENTS DROPPED]\n');
    expect(events).toMatchObject([
      { event: 'lost', cpu: 1, lost: 1234 },
      { event: 'lost', cpu: 3, lost: 0 },
      { event: 'lost', cpu: 2, lost: 17 },
    ]);
  });

  test('a last line without newline is used, with a warning', () => {
    const { events, parser } = parse(' a-73 [001] ..... 1.0: lock_acquire: ffff888000001000 &sb->s_ty');
    expect(events).toMatchObject([{ name: '&sb->s_ty' }]);
    expect(parser.warning).toContain('line 1 has no newline');
  });
});

describe('the same events from other tools', () => {
  const text = new TextDecoder().decode(fixture('ftrace.txt'));
  const LINE = /^\s*(.+)-(\d+)\s+\[(\d+)\] (.{5})\s+([\d.]+): (lock_\w+): (.*)$/;
  const lines = text.split('\n').filter((line) => LINE.test(line));
  const rewrite = (as: (...parts: string[]) => string): string =>
    lines.map((line) => `${as(...LINE.exec(line)!.slice(1))}\n`).join('');
  const plain = parse(text).events;

  test('trace-cmd report', () => {
    const report = rewrite(
      (comm, pid, cpu, flags, time, event, args) =>
        `${`${comm}-${pid}`.padStart(16)}  [${cpu}] ${flags} ${time}: ${`${event}:`.padEnd(21)} 0x${args}`,
    );
    const { events, parser } = parse(`cpus=2\n${report}`);
    expect(events).toEqual(plain);
    expect(parser).toMatchObject({ skippedLines: 1, malformedLines: 0 });
  });

  test('trace-cmd report of older versions, without flags', () => {
    const report = rewrite(
      (comm, pid, cpu, _, time, event, args) =>
        `${`${comm}-${pid}`.padStart(16)}  [${cpu}] ${time}: ${`${event}:`.padEnd(21)} ${args}`,
    );
    const { events } = parse(report);
    expect(events).toMatchObject(
      plain.map(({ event, comm, pid, lock, name, time }) => ({ event, comm, pid, lock, name, time })),
    );
    expect(events.every(({ hasFlags }) => hasFlags === false)).toBe(true);
  });

  test.each([
    ['perf script', (pid: string) => pid],
    ['perf script with process and thread', (pid: string) => `4711/${pid}`],
  ])('%s', (_, id) => {
    const script = rewrite(
      (comm, pid, cpu, _flags, time, event, args) =>
        `${comm!.padStart(16)} ${id(pid!).padStart(7)} [${cpu}] ${time!.padStart(12)}: lock:${event}: 0x${args}\n` +
        '\tffffffff810d4c2f lock_acquire+0xcf ([kernel.kallsyms])\n',
    );
    const { events, parser } = parse(script);
    expect(events).toMatchObject(
      plain.map(({ event, comm, pid, cpu, lock, name }) => ({ event, comm, pid, cpu, lock, name })),
    );
    expect(parser).toMatchObject({ skippedLines: 2 * lines.length, malformedLines: 0 });
  });
});
