/** `lockdep({ logger })` with real pino: which line is written for what, at which level. */
import { LockKey } from '@lockdep/core';
import { lockdep, Mutex } from '@lockdep/locks';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { serializers } from '../src/index.ts';

type Line = Record<string, unknown> & { level: number; msg: string };
let lines: Line[];

function log(level = 'info', options: pino.LoggerOptions = {}): pino.Logger {
  lines = [];
  return pino({ level, base: null, timestamp: false, ...options }, { write: (line) => lines.push(JSON.parse(line)) });
}

/** Two classes nobody has met, taken in one order, or in both. */
let pairs = 0;
function pair(): [Mutex, Mutex] {
  pairs += 1;
  return [new Mutex({ name: `outer${pairs}` }), new Mutex({ name: `inner${pairs}` })];
}

const nest = (task: string, outer: Mutex, inner: Mutex): Promise<void> =>
  lockdep.task(task, () => outer.runExclusive(() => inner.runExclusive(() => {})));

afterEach(() => void lockdep({ logger: null }));

test('a possible inversion is one warning: facts, then a constant message', async () => {
  const [a, b] = pair();
  await nest('one', a, b);
  lockdep({ logger: log() });
  lines = [];
  await nest('two', b, a);
  await nest('two', b, a);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: pino.levels.values['warn'],
    component: 'lockdep',
    event: 'lockdep-report',
    kind: 'circular',
    rule: 'LD2',
    task: 'two',
    verdict: 'possible',
    chain: ['inner1', 'outer1'],
    id: lockdep().reports.at(-1)?.fingerprint,
    msg: '[lockdep] possible circular locking dependency detected',
  });
  expect(lines[0]!['sites']).toEqual(expect.arrayContaining([expect.stringContaining('logger.test.ts')]));
});

test('a certain bug is an error, a note is information', async () => {
  lockdep({ logger: log() });
  lines = [];
  const [a] = pair();
  await lockdep.task('leaves it', () => a.acquire());
  expect(lines.map(({ level, kind, chain }) => ({ level, kind, chain }))).toEqual([
    { level: pino.levels.values['error'], kind: 'held-at-exit', chain: ['outer2'] },
  ]);
  lines = [];
  const validator = lockdep();
  const lock = (name: string) => validator.lock(new LockKey({ name }));
  const [gate, x, y] = [lock('gate'), lock('x'), lock('y')];
  for (const [task, first, second] of [
    ['left', x, y],
    ['right', y, x],
  ] as const) {
    const held = [gate, first, second];
    const known = validator.task(task);
    for (const lock of held) validator.acquire(known, lock);
    for (const lock of held.reverse()) validator.release(known, lock);
  }
  expect(lines.map(({ level, verdict }) => ({ level, verdict }))).toEqual([
    { level: pino.levels.values['info'], verdict: 'gated' },
  ]);
});

test('what was reported before is logged when the logger comes, and a summary when it goes', () => {
  const before = lockdep().reports.length;
  expect(before).toBeGreaterThan(0);
  lockdep({ logger: log() });
  expect(lines.filter(({ event }) => event === 'lockdep-report')).toHaveLength(before);
  lockdep();
  lockdep({ logger: null });
  expect(lines.at(-1)).toMatchObject({ level: pino.levels.values['info'], event: 'lockdep-summary', reports: before });
  expect(lines).toHaveLength(before + 1);
});

test('new dependencies at debug, acquisitions at trace, and neither by default', async () => {
  lockdep({ logger: log('debug') });
  lines = [];
  const [a, b] = pair();
  await nest('one', a, b);
  await nest('one', a, b);
  expect(lines).toEqual([
    {
      level: pino.levels.values['debug'],
      component: 'lockdep',
      event: 'lockdep-dependency',
      task: 'one',
      held: [a.label],
      lock: b.label,
      msg: '[lockdep] new lock dependency',
    },
  ]);
  lockdep({ logger: log('trace') });
  lines = [];
  await nest('one', a, b);
  expect(lines.map(({ event, lock, mode }) => [event, lock, mode])).toEqual([
    ['lockdep-acquire', a.label, 'write'],
    ['lockdep-acquire', b.label, 'write'],
  ]);
  lockdep({ logger: log('info') });
  lines = [];
  await nest('one', a, b);
  expect(lines).toEqual([]);
});

test('serializers: a lock is its name, a report its facts', async () => {
  const logger = log('info', { serializers });
  const [a] = pair();
  const labelled = new Mutex({ name: 'inode', label: 'inode 12' });
  await lockdep.task('forgets', () => a.acquire());
  const report = lockdep().reports.at(-1)!;
  logger.info({ lock: a }, 'by class');
  logger.info({ lock: labelled }, 'with a label');
  logger.info({ lock: labelled.instance }, "a validator's");
  logger.info({ lock: new Mutex({ name: 'free', validator: null }) }, 'not validated');
  logger.info({ lock: report.held[0] }, "a report's");
  logger.info({ report }, 'a report');
  expect(lines.slice(0, 4).map(({ lock }) => lock)).toEqual([a.label, 'inode (inode 12)', 'inode (inode 12)', 'free']);
  expect(lines[4]!['lock']).toMatch(new RegExp(`^${a.label} \\(#\\d+\\)$`));
  expect(lines[5]).toMatchObject({ report: { kind: 'held-at-exit', rule: 'LD5', chain: [a.label] } });
  expect(JSON.stringify(lines[5])).not.toContain('frames');
});

test('any object with the methods will do', async () => {
  const written: [string, object, string][] = [];
  const line = (level: string) => (facts: object, message: string) => void written.push([level, facts, message]);
  lockdep({
    logger: {
      error: line('error'),
      warn: line('warn'),
      info: line('info'),
      debug: line('debug'),
      trace: line('trace'),
    },
  });
  written.length = 0;
  const [a] = pair();
  await lockdep.task('leaves it', () => a.acquire());
  expect(written.map(([level, , message]) => [level, message])).toEqual([
    ['error', 'task ended with locks still held!'],
  ]);
});
