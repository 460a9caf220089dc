import { how, type Lock, LockKey, siteOf, type Task, Validator, type ValidatorOptions } from '@lockdep/core';
import { type NdjsonCounts, NdjsonReplay, replayTrace, TraceError, TraceRecorder } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { readHotLine } from '../src/ndjson-hot-line.ts';
import { bytes } from './fixture.ts';
import { forSeeds, type SeededRandom } from './seeded-random.ts';

/** Runs a program under a recorder; returns its validator and the lines. */
function record(
  program: (validator: Validator, task: (name: string) => Task, lock: (name: string, label?: string) => Lock) => void,
  options: ValidatorOptions = {},
): { validator: Validator; lines: string[] } {
  const validator = new Validator({ sites: false, ...options });
  const lines: string[] = [];
  const recorder = new TraceRecorder(validator, { write: (line) => lines.push(line) });
  const keys = new Map<string, LockKey>();
  program(
    validator,
    (name) => validator.task(name),
    (name, label = name) => {
      const key = keys.get(name) ?? new LockKey({ name });
      keys.set(name, key);
      return validator.lock(key, { label });
    },
  );
  recorder.stop();
  expect(recorder.lines).toBe(lines.length);
  expect(lines.every((line) => line.endsWith('}\n') && typeof JSON.parse(line) === 'object')).toBe(true);
  return { validator, lines };
}

function replay(log: string, options: ValidatorOptions = {}): { validator: Validator; counts: NdjsonCounts } {
  const validator = new Validator({ sites: false, ...options });
  const run = new NdjsonReplay(validator, { name: 'log' });
  run.push(bytes(log));
  return { validator, counts: run.end() };
}

/** What a validator knows, comparable between two of them. */
function knowledge(validator: Validator): unknown {
  const { classes, dependencies, chains } = validator.learned();
  return {
    classes: classes.map(({ key, ...rest }) => ({
      ...rest,
      name: key.name,
      kind: key.kind,
      wait: [key.waitInner, key.waitOuter],
    })),
    dependencies,
    chains,
    reports: validator.reports.map(({ kind, message, count, task, event }) => ({ kind, message, count, task, event })),
  };
}

function failure(log: string, options: ValidatorOptions = {}): TraceError {
  try {
    replay(log, options);
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const HEADER = '{"type":"lockdep-trace","version":1}\n';
const SMALL =
  `${HEADER}{"lockdep":"class","id":1,"name":"A"}\n{"lockdep":"lock","id":1,"class":1,"label":"a"}\n` +
  '{"lockdep":"task","id":1,"name":"t"}\n';
const ACQUIRE = '{"lockdep":"acquire","task":1,"lock":1}\n';
const RELEASE = '{"lockdep":"release","task":1,"lock":1}\n';

describe('what is recorded is replayed', () => {
  test('the lines of a small program', () => {
    const { lines } = record((validator, task, lock) => {
      const reader = task('reader');
      const inode = lock('inode', 'inode 12');
      validator.acquire(reader, inode, how({ mode: 'read', subclass: 1 }), null, siteOf('cache.ts:12'));
      validator.release(reader, inode);
      validator.endTask(reader);
    });
    expect(lines.join('')).toBe(
      `${HEADER}{"lockdep":"task","id":1,"name":"reader"}
{"lockdep":"class","id":1,"name":"inode","kind":"mutex"}
{"lockdep":"lock","id":1,"class":1,"label":"inode 12"}
{"lockdep":"site","id":1,"frames":[{"text":"cache.ts:12"}]}
{"lockdep":"acquire","task":1,"lock":1,"mode":"read","subclass":1,"site":1}
{"lockdep":"release","task":1,"lock":1}
{"lockdep":"end-task","task":1}
`,
    );
  });

  test('every event of the API', () => {
    const contexts = [{ name: 'signal' }];
    const { validator, lines } = record(
      (v, task, lock) => {
        const [t, u] = [task('t'), task('u')];
        const [a, b, c] = [lock('A'), lock('B'), lock('C')];
        const other = new LockKey({
          name: 'other',
          kind: 'spinlock',
          waitInner: 2,
          waitOuter: 3,
          type: 'percpu',
          validate: false,
        });
        v.initLock(t, a);
        v.acquire(t, a);
        v.acquire(u, b);
        v.acquire(t, b);
        v.contended(t, b, null, siteOf('here'));
        v.release(u, b);
        v.acquired(t, b);
        v.downgrade(t, b);
        v.acquire(u, c, how({ trylock: true, check: false }));
        v.transfer(u, t, c);
        v.setClass(t, c, other, 2);
        v.acquire(u, a);
        v.contended(u, a);
        v.cancel(u, a);
        v.enterContext(t, 'signal', { threaded: true });
        v.acquire(t, lock('S'), how({ sync: true }));
        v.exitContext(t, 'signal');
        v.disableContext(u, 'hardirq');
        v.acquire(u, c, how({ mode: 'recursive-read' }), null);
        v.enableContext(u, 'hardirq', siteOf('there'));
        const child = v.task('child', { parent: t });
        v.acquire(child, lock('D'), how({}), b);
        v.endTask(child);
        v.release(u, c);
        v.disposeLock(u, c);
        v.reinit(c, other);
        v.acquire(u, c);
        v.endTask(u);
      },
      { contexts },
    );
    const kinds = new Set(lines.slice(1).map((line) => JSON.parse(line).lockdep));
    expect([...kinds].sort()).toEqual(
      'acquire acquired cancel class contended disable-context dispose downgrade enable-context end-task enter-context exit-context init lock release set-class site task transfer'.split(
        ' ',
      ),
    );
    expect(validator.reports.map(({ kind }) => kind)).toContain('held-at-exit');
    expect(knowledge(replay(lines.join(''), { contexts }).validator)).toEqual(knowledge(validator));
  });

  test('random programs learn the same and report the same', () => {
    forSeeds(30, (random) => {
      const { validator, lines } = record((v, task, lock) => randomProgram(random, v, task, lock));
      const again = replay(lines.join(''));
      expect(knowledge(again.validator)).toEqual(knowledge(validator));
      expect(again.counts).toMatchObject({ recordings: 1, skippedLines: 0, tornLines: 0, warnings: [] });
    });
  });

  test('comparisons are replayed from their answers', () => {
    const inodes = new LockKey({ name: 'inode', compare: (held, wanted) => Number(held.label) - Number(wanted.label) });
    const { validator, lines } = record((v, task) => {
      const [t, one, two] = [task('t'), v.lock(inodes, { label: '1' }), v.lock(inodes, { label: '2' })];
      v.acquire(t, one);
      v.acquire(t, two);
      v.release(t, two);
      v.release(t, one);
      v.acquire(t, two);
      v.acquire(t, one);
    });
    expect(validator.reports.map(({ kind }) => kind)).toEqual(['recursive']);
    expect(lines.filter((line) => line.includes('compared'))).toHaveLength(2);
    expect(knowledge(replay(lines.join('')).validator)).toEqual(knowledge(validator));
  });

  test('order keys, scopes and publishing are replayed: same-class order and verdicts come out the same', () => {
    const ordered = new LockKey({ name: 'inode', order: { by: 'ino' } });
    const { validator, lines } = record((v, task, lock) => {
      const [one, two] = [task('one'), task('two')];
      const inodes = [1, 2].map((ino) => v.lock(ordered, { orderKeys: { ino } }));
      const nested = (by: Task, ...locks: Lock[]): void => {
        for (const taken of locks) v.acquire(by, taken);
        for (const taken of locks.reverse()) v.release(by, taken);
      };
      nested(one, inodes[1]!, inodes[0]!);
      const [parent, away] = [lock('A'), v.lock(new LockKey({ name: 'S' }), { scope: 'x' })];
      const fresh = v.lock(new LockKey({ name: 'B' }), { unpublished: true });
      nested(one, parent, fresh, away);
      v.publish(fresh);
      nested(two, fresh, parent);
    });
    const told = (of: Validator) =>
      of.reports.map((report) => [report.kind, report.level, report.kind === 'circular' ? report.verdict : null]);
    expect(told(validator).map(([kind, level]) => [kind, level])).toEqual([
      ['instance-order', 'error'],
      ['circular', 'note'],
    ]);
    const again = replay(lines.join('')).validator;
    expect(told(again)).toEqual(told(validator));
    expect(knowledge(again)).toEqual(knowledge(validator));
  });

  test('recording that starts in the middle has what is held', () => {
    const validator = new Validator({ sites: false });
    const [a, b] = [validator.lock(new LockKey({ name: 'A' })), validator.lock(new LockKey({ name: 'B' }))];
    const task = validator.task('t');
    validator.acquire(task, a);
    const child = validator.task('child', { parent: task });
    validator.disableContext(task, 'softirq');
    const lines: string[] = [];
    const recorder = new TraceRecorder(
      validator,
      { write: (line) => lines.push(line) },
      { program: 'p', clock: () => 12.5 },
    );
    validator.acquire(task, b);
    validator.release(task, b);
    validator.release(task, a);
    validator.endTask(child);
    recorder.stop();
    validator.acquire(task, b);
    expect(JSON.parse(lines[0]!)).toEqual({ type: 'lockdep-trace', version: 1, program: 'p', time: 12.5 });
    const again = replay(lines.join(''));
    expect(again.validator.reports).toEqual([]);
    expect(again.validator.learned().dependencies).toHaveLength(1);
    expect(lines.filter((line) => line.includes('disable-context'))).toHaveLength(1);
  });

  test('a validator has one recorder at a time', () => {
    const validator = new Validator();
    const sink = { write: () => true };
    const first = new TraceRecorder(validator, sink);
    expect(() => new TraceRecorder(validator, sink)).toThrow(/already being recorded/);
    first.stop();
    new TraceRecorder(validator, sink).stop();
  });

  test('the validator may be made for the header', async () => {
    const contexts = [{ name: 'signal' }];
    const { lines } = record((v, task) => v.enterContext(task('t'), 'signal'), { contexts });
    const { validator, counts } = await replayTrace([bytes(lines.join(''))], (header) => {
      expect(header?.contexts).toEqual(contexts);
      return new Validator({ contexts: header?.contexts ?? [] });
    });
    expect(counts).toMatchObject({ format: 'ndjson', events: 1, tasks: 1 });
    expect(validator.engine.contexts.kinds).toHaveLength(3);
    expect(failure(lines.join(''))).toMatchObject({ code: 'malformed', line: 1 });
  });
});

function randomProgram(
  random: SeededRandom,
  v: Validator,
  newTask: (name: string) => Task,
  lock: (name: string, label?: string) => Lock,
): void {
  const tasks = [newTask('t0'), newTask('t1'), newTask('t2')];
  const locks = [...'ABCDE'].flatMap((name) => [lock(name, `${name}1`), lock(name, `${name}2`)]);
  const held = new Map<Task, Lock[]>(tasks.map((task) => [task, []]));
  for (let i = 0; i < 200; i++) {
    const task = random.pick(tasks);
    const stack = held.get(task)!;
    const wanted = random.pick(locks);
    const mode = random.pick(['write', 'read', 'recursive-read'] as const);
    if (random.below(2) === 0 && !stack.includes(wanted) && stack.length < 6) {
      const nest = stack.length > 0 && random.below(10) === 0 ? random.pick(stack) : null;
      v.acquire(task, wanted, how({ mode, trylock: random.below(5) === 0, subclass: random.pick([0, 0, 0, 1]) }), nest);
      stack.push(wanted);
    } else if (stack.length > 0) {
      const index = random.below(stack.length);
      const [released] = stack.splice(index, 1);
      if (random.below(10) === 0) v.cancel(task, released!);
      else v.release(task, released!);
    }
    if (random.below(30) === 0) {
      const context = random.pick(['hardirq', 'softirq']);
      if (random.below(2) === 0) v.disableContext(task, context);
      else v.enableContext(task, context);
    }
  }
}

describe('a log is not always clean', () => {
  test('among the lines of a logger', () => {
    const noise =
      '{"level":30,"time":1,"msg":"talks about \\"lockdep\\": acquire"}\nplain text\n{"lockdep":5}\n{"broken\n[1]\n{"type":"other"}\n';
    const { counts } = replay(noise + SMALL + noise + ACQUIRE.replace('{', '{"level":10,') + noise + RELEASE + noise);
    expect(counts).toMatchObject({ events: 2, locks: 1, tasks: 1, skippedLines: 24, tornLines: 0, warnings: [] });
  });

  test.each([5, 20, 39])('a last line torn after %i characters is left out with a warning', (length) => {
    const { counts } = replay(SMALL + ACQUIRE + RELEASE.slice(0, length === 39 ? -2 : length));
    expect(counts).toMatchObject({
      events: 1,
      tornLines: 1,
      warnings: ['line 6 is cut: the program ended while writing it'],
    });
  });

  test('a last line that only lacks its newline is used', () => {
    expect(replay(SMALL + ACQUIRE + RELEASE.trimEnd()).counts).toMatchObject({ events: 2, tornLines: 0, warnings: [] });
  });

  test('a killed program and its successor in one file', () => {
    const { counts, validator } = replay(`${SMALL}${ACQUIRE}{"lockdep":"acq${SMALL}${ACQUIRE}${RELEASE}`);
    expect(counts).toMatchObject({ recordings: 2, events: 3, tornLines: 1 });
    expect(validator.reports).toEqual([]);
    for (const task of validator.engine.tasks.values()) expect(task.depth).toBe(0);
  });

  test.each([
    ['a torn line in the middle', SMALL + ACQUIRE.slice(0, 20) + ACQUIRE + RELEASE, 5, /whole JSON|is missing/],
    ['an unknown kind', `${SMALL}{"lockdep":"seize","task":1}\n`, 5, /unknown kind of line 'seize'/],
    ['a missing member', `${SMALL}{"lockdep":"acquire","task":1}\n`, 5, /acquire: member 'lock' is missing/],
    ['a wrong member', `${SMALL}{"lockdep":"acquire","task":1,"lock":"x"}\n`, 5, /"x" is no 'lock'/],
    ['an unknown id', `${SMALL}{"lockdep":"acquire","task":1,"lock":7}\n`, 5, /lock 7 is used before it is defined/],
    [
      'an unknown kind of lock',
      `${SMALL}{"lockdep":"class","id":2,"name":"x","kind":"gate"}\n`,
      5,
      /unknown lock kind 'gate'/,
    ],
    [
      'an unknown context',
      `${SMALL}{"lockdep":"enter-context","task":1,"context":"moon"}\n`,
      5,
      /unknown context 'moon'/,
    ],
    ['an object prototype member as kind', `${SMALL}{"lockdep":"toString","task":1}\n`, 5, /unknown kind of line/],
  ])('%s is an error', (_, log, line, message) => {
    const error = failure(log);
    expect(error).toMatchObject({ code: 'malformed', file: 'log', line });
    expect(error.message).toMatch(message);
  });

  test('without a header, or with one of a later version', () => {
    expect(failure(ACQUIRE)).toMatchObject({ code: 'wrong-format', line: 1 });
    const later = failure(SMALL.replace('"version":1', '"version":2'));
    expect(later).toMatchObject({ code: 'wrong-format', line: 1 });
    expect(later.message).toContain('version 2');
  });

  test('members of later versions are ignored', () => {
    expect(replay(SMALL + ACQUIRE.replace('{', '{"mood":"good",')).counts.events).toBe(1);
  });
});

test('the fast reader of frequent lines says what the general one says', () => {
  const lines = [
    '{"lockdep":"acquire","task":1,"lock":1}',
    '{"lockdep":"acquire","task":12,"lock":345,"mode":"read"}',
    '{"lockdep":"acquire","task":12,"lock":345,"site":0}',
    '{"lockdep":"acquire","task":12,"lock":345,"mode":"read","site":67}',
    '{"lockdep":"release","task":0,"lock":999999999}',
  ];
  for (const line of lines) expect(readHotLine(line)).toEqual(JSON.parse(line));
  forSeeds(20, (random) => {
    for (let i = 0; i < 500; i++) {
      const line = random.pick(lines);
      const at = random.below(line.length);
      const changed =
        line.slice(0, at) + random.pick(['', '0', '}', ' ', '"', ',"x":1']) + line.slice(at + random.below(2));
      const hot = readHotLine(changed);
      if (hot !== null) expect(hot).toEqual(JSON.parse(changed));
    }
  });
});
