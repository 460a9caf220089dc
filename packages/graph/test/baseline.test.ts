/** Baselines and suppressions: only what is new counts, and neither moved lines nor renamed files make anything new. */
import { type CircularReport, type Frame, LockKey, type Report, Validator } from '@lockdep/core';
import {
  applyBaseline,
  type Baseline,
  baselineText,
  emptyBaseline,
  parseBaseline,
  type Suppression,
  UNEXPLAINED,
  updateBaseline,
} from '@lockdep/graph';
import { describe, expect, test } from 'vitest';
import { seeded, shuffled } from './random-graph.ts';

interface Place {
  readonly folder?: string;
  readonly lines?: number;
}

/** The reports of a program whose tasks take chains of locks, written in some folder with some lines before it. */
function reportsOf(
  chains: readonly (readonly string[])[],
  { folder = 'src', lines = 0 }: Place = {},
): readonly Report[] {
  const validator = new Validator({ sites: false });
  const keys = new Map<string, LockKey>();
  for (const [at, chain] of chains.entries()) {
    const task = validator.task(`task ${at}`);
    const locks = chain.map((name, depth) => {
      if (!keys.has(name)) keys.set(name, new LockKey({ name }));
      const frame: Frame = {
        function: `take${name}`,
        file: `/app/${folder}/${name}.ts`,
        line: lines + depth,
        text: name,
      };
      const caller: Frame = { function: `worker${at}`, file: `/app/${folder}/main.ts`, line: lines, text: 'main' };
      const lock = validator.lock(keys.get(name)!);
      validator.acquire(task, lock, 0, null, { frames: [frame, caller] });
      return lock;
    });
    for (const lock of locks.reverse()) validator.release(task, lock);
  }
  return validator.reports;
}

const AB = [
  ['A', 'B'],
  ['B', 'A'],
];
const CDE = [
  ['C', 'D'],
  ['D', 'E'],
  ['E', 'C'],
];
const of = (...suppressions: Suppression[]): Baseline => ({ ...emptyBaseline, suppressions });
const counts = (reports: readonly Report[], baseline: Baseline): readonly number[] => {
  const { fresh, known, suppressed, stale, unused } = applyBaseline(reports, baseline);
  return [fresh.length, known.length, suppressed.length, stale.length, unused.length];
};

describe('baseline', () => {
  const baseline = updateBaseline(emptyBaseline, reportsOf(AB), '2026-01-02');

  test('an entry says what it is about, and asks for a reason', () => {
    const [report] = reportsOf(AB);
    expect(baseline.entries).toEqual([
      {
        fingerprint: report?.fingerprint,
        rule: 'LD2',
        classes: ['A', 'B'],
        reason: UNEXPLAINED,
        firstSeen: '2026-01-02',
      },
    ]);
  });

  test('new, known, stale', () => {
    expect(counts(reportsOf(AB), emptyBaseline)).toEqual([1, 0, 0, 0, 0]);
    expect(counts(reportsOf(AB), baseline)).toEqual([0, 1, 0, 0, 0]);
    expect(counts(reportsOf([...AB, ...CDE]), baseline)).toEqual([1, 1, 0, 0, 0]);
    expect(counts(reportsOf(CDE), baseline)).toEqual([1, 0, 0, 1, 0]);
  });

  test('survives moved lines, renamed files, other tasks, and the other edge coming last', () => {
    expect(counts(reportsOf(AB, { folder: 'lib/moved', lines: 1000 }), baseline)).toEqual([0, 1, 0, 0, 0]);
    expect(counts(reportsOf(AB.toReversed()), baseline)).toEqual([0, 1, 0, 0, 0]);
    const circle = updateBaseline(emptyBaseline, reportsOf(CDE), '2026-01-02');
    for (let seed = 1; seed <= 6; seed++) {
      expect(counts(reportsOf(shuffled(CDE, seeded(seed))), circle), `seed ${seed}`).toEqual([0, 1, 0, 0, 0]);
    }
  });

  test('an update keeps reasons and days, adds the new, drops the stale, keeps suppressions', () => {
    const explained = { ...baseline, ...of({ site: 'x.ts', reason: 'r' }) };
    const entries = baseline.entries.map((entry) => ({ ...entry, reason: 'B is never contended' }));
    const updated = updateBaseline({ ...explained, entries }, reportsOf([...AB, ...CDE]), '2026-02-03');
    expect(updated.entries.map(({ reason, firstSeen }) => [reason, firstSeen]).sort()).toEqual([
      ['B is never contended', '2026-01-02'],
      [UNEXPLAINED, '2026-02-03'],
    ]);
    expect(updated.entries.map(({ fingerprint }) => fingerprint)).toEqual(
      updated.entries.map(({ fingerprint }) => fingerprint).toSorted(),
    );
    expect(updated.suppressions).toEqual(explained.suppressions);
    expect(updateBaseline(updated, reportsOf(CDE), '2026-03-04').entries).toHaveLength(1);
  });

  test('a note is no entry, so it is new when it becomes a warning', () => {
    const notes = reportsOf(AB).map((report): Report => ({ ...report, level: 'note' }));
    const noted = updateBaseline(emptyBaseline, notes, '2026-01-02');
    expect(noted.entries).toEqual([]);
    expect(counts(reportsOf(AB), noted)).toEqual([1, 0, 0, 0, 0]);
    expect(counts(notes, baseline)).toEqual([0, 1, 0, 0, 0]);
  });

  test('the file is read back as it was', () => {
    const all = { ...baseline, ...of({ pair: ['A', 'B'], reason: 'r' }, { site: 'a/**', reason: 's' }) };
    const whole = { ...all, entries: baseline.entries };
    expect(parseBaseline(baselineText(whole), 'b.json')).toEqual(whole);
    expect(baselineText(parseBaseline(baselineText(whole), 'b.json'))).toBe(baselineText(whole));
  });
});

describe('suppressions', () => {
  const reports = reportsOf([...AB, ...CDE]);

  test.each([
    ['the two classes', { pair: ['A', 'B'] }, true],
    ['the other way round', { pair: ['B', 'A'] }, true],
    ['one of them and another', { pair: ['A', 'C'] }, false],
    ['two of three', { pair: ['C', 'D'] }, false],
    ['a file', { site: 'src/A.ts' }, true],
    ['the end of a file name only', { site: 'rc/A.ts' }, false],
    ['any file', { site: 'app/**' }, true],
    ['a star stays in its folder', { site: '/app/*.ts' }, false],
    ['a star', { site: 'src/?.ts' }, true],
    ['a function', { site: 'takeB' }, true],
    ['a caller', { site: 'worker1' }, true],
    ['a part of a function', { site: 'take' }, false],
    ['characters of patterns', { site: 'src/A+ts' }, false],
  ] as const)('%s', (_name, what, suppressed) => {
    const { suppressed: list, unused } = applyBaseline(reports, of({ ...what, reason: 'because' } as Suppression));
    expect(list.some(({ fingerprint }) => fingerprint === reports[0]?.fingerprint)).toBe(suppressed);
    if (!suppressed) expect(unused).toHaveLength(1);
  });

  test('one of a pair may be the class itself, and names may leave out #2 and /1', () => {
    const validator = new Validator({ sites: false });
    const task = validator.task('t');
    const [one, two] = [new LockKey({ name: 'A' }), new LockKey({ name: 'A' })].map((key) => validator.lock(key));
    for (const [outer, inner] of [
      [one, two],
      [two, one],
    ] as const) {
      validator.acquire(task, outer!);
      validator.acquire(task, inner!);
      validator.release(task, inner!);
      validator.release(task, outer!);
    }
    expect(validator.reports.map(({ kind }) => kind)).toEqual(['circular']);
    expect(counts(validator.reports, of({ pair: ['A', 'A'], reason: 'r' }))).toEqual([0, 0, 1, 0, 0]);
    expect(counts(validator.reports, of({ pair: ['A', 'A#2'], reason: 'r' }))).toEqual([0, 0, 1, 0, 0]);
    expect(counts(validator.reports, of({ pair: ['A#2', 'A#2'], reason: 'r' }))).toEqual([1, 0, 0, 0, 1]);
  });

  test('the places of a schedule that confirms a finding are not its own: nothing is silenced by them', () => {
    const [report] = reportsOf(AB) as [CircularReport];
    const site = { frames: [{ file: '/app/model.ts', function: 'explored', line: 3, text: 'model.ts:3' }] };
    const schedule = {
      steps: [{ task: 'one', text: 'lock A', site }],
      waits: [],
      preemptions: 1,
      diagram: '',
      literal: '',
    };
    const confirmed: CircularReport = { ...report, verdict: { kind: 'confirmed', reason: 'r', schedule } };
    expect(counts([confirmed], of({ site: 'app/model.ts', reason: 'r' }))).toEqual([1, 0, 0, 0, 1]);
    expect(counts([confirmed], of({ site: 'takeA', reason: 'r' }))).toEqual([0, 0, 1, 0, 0]);
  });

  test('survive moved lines and, by function, renamed files', () => {
    const moved = reportsOf(AB, { lines: 500 });
    expect(counts(moved, of({ site: 'src/A.ts', reason: 'r' }))).toEqual([0, 0, 1, 0, 0]);
    const renamed = reportsOf(AB, { folder: 'other' });
    expect(counts(renamed, of({ site: 'src/A.ts', reason: 'r' }))).toEqual([1, 0, 0, 0, 1]);
    expect(counts(renamed, of({ site: 'takeA', reason: 'r' }, { pair: ['A', 'B'], reason: 'r' }))).toEqual([
      0, 0, 1, 0, 0,
    ]);
  });
});
