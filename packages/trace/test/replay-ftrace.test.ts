import { type Report, Validator } from '@lockdep/core';
import {
  type FtraceCounts,
  FtraceReplay,
  type FtraceReplayOptions,
  readSnapshot,
  replayFtrace,
  splitClassName,
} from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { bytes, fixture, fixturePath } from './fixture.ts';
import { forSeeds } from './seeded-random.ts';

/** `from -> to` by lock names, of everything learned. */
function dependencies(validator: Validator): Set<string> {
  const { classes, dependencies } = validator.learned();
  return new Set(dependencies.map(({ from, to }) => `${classes[from]!.key.name} -> ${classes[to]!.key.name}`));
}

interface Replayed {
  readonly validator: Validator;
  readonly counts: FtraceCounts;
  readonly reports: readonly Report[];
}

function replay(text: string, options: FtraceReplayOptions = {}): Replayed {
  const validator = new Validator({ sites: false });
  const run = new FtraceReplay(validator, { name: 'trace.txt', ...options });
  run.push(bytes(text));
  return { validator, counts: run.end(), reports: validator.reports };
}

/**
 * A trace in short: `task event lock [read] [try]`, one a line, `+` acquires, `-` releases; a lock `name@2` is another
 * instance. Flags follow a comma.
 */
function trace(short: string): string {
  // Replay starts at the first release.
  let text = ' x-99 [000] ..... 0.0: lock_release: ffff0000deadbeef before\n';
  for (const [index, line] of short.trim().split('\n').entries()) {
    const [words = '', flags = '.....'] = line.trim().split(',');
    const [task, sign, lock = '', ...how] = words.trim().split(' ');
    const event = { '+': 'acquire', '-': 'release', '?': 'contended', '!': 'acquired' }[sign!];
    const [name = '', instance = '1'] = lock.split('@');
    const address = `ffff0000${instance.padStart(2, '0')}${Buffer.from(name).toString('hex').padEnd(6, '0').slice(0, 6)}`;
    const pid = task!.charCodeAt(0);
    text += ` ${task}-${pid} [000] ${flags.trim()} ${index}.5: lock_${event}: ${address} ${how.map((word) => `${word} `).join('')}${name}\n`;
  }
  return text;
}

describe('a recording of a real kernel', () => {
  test('gives the dependencies of the kernel itself', async () => {
    const validator = new Validator({ mode: 'kernel', sites: false });
    const counts = await replayFtrace(validator, fixturePath('ext4-dirs/trace.txt.zst'));
    expect(counts).toMatchObject({
      skippedLines: 12,
      malformedLines: 0,
      ignoredEvents: 0,
      // The locks held by the writing of tracing_on.
      unmatchedReleases: 2,
      droppedHolds: 0,
      hasContexts: true,
      warnings: [],
    });
    const { classes, dependencies: known } = await readSnapshot(fixturePath('ext4-dirs/after.snap.txt.zst'));
    const name = new Map(classes.map((entry) => [entry.index, splitClassName(entry.name).baseName]));
    const kernel = new Set(known.map(({ from, to }) => `${name.get(from)} -> ${name.get(to)}`));
    const ours = dependencies(validator);
    expect(ours.size).toBeGreaterThan(280);
    expect([...ours].filter((dependency) => !kernel.has(dependency))).toEqual([]);
    expect(validator.reports).toEqual([]);
  });

  test('gaps in the recording of releases teach nothing', () => {
    const { counts, validator } = replay(new TextDecoder().decode(fixture('ftrace-gaps.txt')));
    expect(counts.ignoredEvents).toBe(7 + 20);
    expect(counts.malformedLines).toBe(0);
    const learned = [...dependencies(validator)];
    // Taken in the gap and, as far as the trace shows, never let go of.
    expect(
      learned.filter((dependency) => /^(?:event_mutex|text_mutex|fs_reclaim|ptlock_ptr)/.test(dependency)),
    ).toEqual([]);
    expect(validator.reports).toEqual([]);
    for (const task of validator.engine.tasks.values()) expect(task.depth).toBeLessThan(4);
  });
});

describe('classes', () => {
  test('an inversion is reported, with lines of the trace as sites', () => {
    const { reports, counts } = replay(
      trace(`
      a + A
      a + B
      a - B
      a - A
      b + B
      b + A
      b - A
      b - B`),
    );
    expect(counts).toMatchObject({ events: 8, tasks: 3, locks: 2, unmatchedReleases: 1, warnings: [] });
    expect(reports.map(({ kind }) => kind)).toEqual(['circular']);
    const [report] = reports;
    expect(report!.task).toBe('b-98');
    expect(report!.site.frames[0]?.text).toBe('trace.txt:7');
    expect(report!.held[0]).toMatchObject({ class: { name: 'B' }, site: { frames: [{ file: 'trace.txt', line: 6 }] } });
  });

  test('locks of one name in each other are told apart by depth, not reported', () => {
    const { reports, validator } = replay(
      trace(`
      a + I
      a + I@2
      a + X
      a - X
      a - I@2
      a - I
      b + I@3
      b - I@3`),
    );
    expect(reports).toEqual([]);
    expect(validator.classes().map(({ name }) => name)).toEqual(['I', 'I/1', 'X']);
  });

  test('names that the kernel does not check make no dependencies; more can be given', () => {
    const text = trace(`
      a + rcu_read_lock read
      a + A
      a + (null)
      a + B
      a - B
      a - (null)
      a - A
      a - rcu_read_lock`);
    expect([...dependencies(replay(text).validator)]).toEqual(['A -> B']);
    expect([...dependencies(replay(text, { unchecked: ['B'] }).validator)]).toEqual([]);
  });

  test('trylocks and readers', () => {
    const read = trace(`
      a + A read
      a + B read
      a - B
      a - A
      b + B read
      b + A read
      b - A
      b - B`);
    // Plain readers wait for waiting writers: this can deadlock with two writers; recursive ones cannot.
    expect(replay(read).reports.map(({ kind }) => kind)).toEqual(['circular']);
    expect(replay(read, { recursive: () => true }).reports).toEqual([]);
    expect(replay(read.replaceAll(/ ([AB])\n/g, ' $1.seqcount\n')).reports).toEqual([]);
    const tried = trace(`
      a + A
      a + B
      a - B
      a - A
      b + B
      b + A try
      b - A
      b - B`);
    expect(replay(tried).reports).toEqual([]);
  });
});

describe('contexts come from the flags column', () => {
  test('an interrupt is no nesting; a lock it takes must not be held with it enabled', () => {
    const { reports, validator } = replay(
      trace(`
      a + A
      a + L, d.h1.
      a - L, d.h1.
      a - A
      b + L
      b - L`),
    );
    expect([...dependencies(validator)]).toEqual([]);
    expect(reports.map(({ kind }) => kind)).toEqual(['inconsistent-state']);
  });

  test('interrupts enabled while a lock is held', () => {
    const unsafe = trace(`
      a + L, d.h1.
      a - L, d.h1.
      b + L, d..1.
      b - L, .....`);
    expect(replay(unsafe).reports.map(({ kind }) => kind)).toEqual(['inconsistent-state']);
    expect(replay(unsafe.replaceAll('.....', 'd....')).reports).toEqual([]);
    // Four columns do not tell about softirqs: nothing is assumed.
    const soft = trace(`
      a + L, d.s1.
      a - L, d.s1.
      b + L
      b - L`);
    expect(replay(soft).reports.map(({ kind }) => kind)).toEqual(['inconsistent-state']);
    expect(replay(soft.replaceAll(/ (\S{4})[.] (?=\d)/g, ' $1 ')).reports).toEqual([]);
  });

  test('a softirq, and a hardirq inside it, are contexts of their own', () => {
    const { validator, reports } = replay(
      trace(`
      a + A, d....
      a + B, d.s1.
      a + C, d.H1.
      a - C, d.H1.
      a + D, d.s1.
      a - D, d.s1.
      a - B, d.s1.
      a - A, d....`),
    );
    expect([...dependencies(validator)]).toEqual(['B -> D']);
    expect(reports).toEqual([]);
  });

  test('what happens in a non-maskable interrupt is ignored', () => {
    const { counts, validator } = replay(
      trace(`
      a + A
      a + B, d.z1.
      a - B, d.Z1.
      a - A`),
    );
    expect(counts.events).toBe(2);
    expect(validator.classes().map(({ name }) => name)).toEqual(['A']);
  });

  test('without the column a warning says so', () => {
    const { counts } = replay(
      ' a 1 [000] 1.0: lock:lock_release: 0xffff0000 A\n a 1 [000] 1.1: lock:lock_acquire: 0xffff0000 A\n',
    );
    expect(counts.hasContexts).toBe(false);
    expect(counts.warnings).toEqual([expect.stringContaining('no line has irq flags')]);
  });

  test('idle tasks are one per cpu', () => {
    const idle = (cpu: number, event: string, lock: string): string =>
      ` <idle>-0 [00${cpu}] d..1. 1.0: lock_${event}: ffff00000000000${lock} L${lock}\n`;
    const { counts, validator } = replay(
      idle(0, 'release', '9') +
        idle(0, 'acquire', '1') +
        idle(1, 'acquire', '2') +
        idle(0, 'release', '1') +
        idle(1, 'release', '2'),
    );
    expect(counts.tasks).toBe(2);
    expect([...dependencies(validator)]).toEqual([]);
  });
});

describe('a window with holes teaches nothing false', () => {
  test('what was held before is counted, not reported', () => {
    const { counts, reports } = replay(
      trace(`
      a - P
      a - Q
      a + A
      a - A`),
    );
    expect(counts.unmatchedReleases).toBe(3);
    expect(reports).toEqual([]);
  });

  test('nothing is replayed before the first release', () => {
    const text = trace('a + B\na - B');
    const early = ' a-97 [000] ..... 0.1: lock_acquire: ffff000000000077 A\n';
    const { counts, validator } = replay(early + text);
    expect(counts.ignoredEvents).toBe(1);
    expect([...dependencies(validator)]).toEqual([]);
    expect(replay(early).counts.warnings).toEqual([expect.stringContaining('lock:lock_release')]);
  });

  test('a lock taken again by its holder was let go of meanwhile', () => {
    const { counts, validator, reports } = replay(
      trace(`
      a + A
      a + C
      a - C
      a + A
      a - A
      a + B
      a - B`),
    );
    expect(counts.droppedHolds).toBe(1);
    expect([...dependencies(validator)]).toEqual(['A -> C']);
    expect(reports).toEqual([]);
  });

  test('a lock that another task has had and let go of is not held any more', () => {
    const text = `
      a + A
      a + C
      a - C
      b + A
      b - A
      a + B
      a - B`;
    const { counts, validator } = replay(trace(text));
    expect(counts.droppedHolds).toBe(1);
    expect([...dependencies(validator)]).toEqual(['A -> C']);
  });

  test('but a task that waits for it keeps it, whoever overtakes', () => {
    const { counts, validator } = replay(
      trace(`
      a + C
      a - C
      a + A
      b + A
      a ? A
      b - A
      a ! A
      a + B
      a - B
      a - A`),
    );
    expect(counts).toMatchObject({ droppedHolds: 0, contentions: 1, unmatchedReleases: 1 });
    expect([...dependencies(validator)]).toEqual(['A -> B']);
  });

  test('lock maps are held by many at once: found out by their own release', () => {
    const round = (at: number): string => `
      a + M
      a + C
      a - C
      b + M
      b - M
      a + D@${at}
      a - D@${at}
      a - M`;
    const { counts, validator } = replay(trace(round(1) + round(2)));
    expect(counts).toMatchObject({ droppedHolds: 1, unmatchedReleases: 2 });
    expect([...dependencies(validator)]).toEqual(['M -> C', 'M -> D']);
    const known = replay(trace(round(1)).replaceAll(' M\n', ' (wq_completion)events\n'));
    expect(known.counts).toMatchObject({ droppedHolds: 0, unmatchedReleases: 1 });
  });

  test('an address that comes back with another name is another lock', () => {
    const text = trace(`
      a + A
      a + C
      a - C
      a + B
      a - B`);
    const { counts, validator } = replay(text.replaceAll(/\S+ B\n/g, `${/\S+(?= A\n)/.exec(text)![0]} B\n`));
    expect(counts).toMatchObject({ droppedHolds: 1, locks: 3 });
    expect([...dependencies(validator)]).toEqual(['A -> C']);
  });

  test('lost events empty all stacks', () => {
    const [first = '', second = ''] = trace('a + A\na + C\na - C\na + B\na - B').split(/(?<=C\n)(?=.*B\n)/);
    const { counts, validator } = replay(`${first}CPU:1 [LOST 12 EVENTS]\n${second}`);
    expect(counts).toMatchObject({ lostEvents: 12, droppedHolds: 1 });
    expect([...dependencies(validator)]).toEqual(['A -> C']);
  });

  test('a release out of order, and one from another context', () => {
    const { counts, reports, validator } = replay(
      trace(`
      a + A
      a + B
      a - A
      a + C
      a - C
      a - B
      a + A
      a + D, d.h1.
      a - A, d.h1.
      a - D, d.h1.`),
    );
    expect(counts).toMatchObject({ droppedHolds: 1, unmatchedReleases: 1 });
    expect([...dependencies(validator)]).toEqual(['A -> B', 'B -> C']);
    expect(reports).toEqual([]);
  });
});

test('whatever the trace, no release reaches the validator that it cannot match', () => {
  forSeeds(4, (random) => {
    const lines = Array.from({ length: 3000 }, () => {
      const event = random.pick(['+', '-', '-', '?', '!']);
      const how = event === '+' ? random.pick(['', ' read', ' try', ' try read']) : '';
      const lock = `${random.pick([...'ABCDEF'])}@${random.below(3)}`;
      const flags = random.pick(['.....', 'd....', 'd.h1.', '..s1.', 'b....']);
      return `${random.pick([...'abcd'])} ${event} ${lock}${how}, ${flags}`;
    });
    const { counts, validator } = replay(trace(lines.join('\n')));
    expect(counts.events).toBeGreaterThan(300);
    expect(validator.reports.filter(({ kind }) => kind === 'bad-unlock')).toEqual([]);
  });
});
