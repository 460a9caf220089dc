/**
 * The validator against the naive reference (test/reference) on random programs. LOCKDEP_SEED starts elsewhere; a failure
 * prints its seed and the smallest program that shows it.
 */
import { expect, test } from 'vitest';
import { fuzz } from './reference/fuzz-campaign.ts';
import { type Program, programText } from './reference/program.ts';
import { firstReport } from './reference/reference-validator.ts';
import { runProgram } from './reference/run-program.ts';
import { shrink } from './reference/shrink.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1);

test('2,000 random programs: the first report is the reference’s, and so is every later one', () => {
  const { programs, agreed, dispute } = fuzz(SEED, 2_000);
  expect(dispute).toBeNull();
  expect(programs).toBe(2_000);
  // The programs are worth something only while they meet every kind of report.
  const kinds = ['recursive', 'circular', 'bad-unlock', 'nest-not-held', 'invalid-wait-context'];
  const contexts = ['inconsistent-state', 'irq-inversion', 'irq-order'];
  for (const kind of [...kinds, ...contexts]) expect(agreed[kind], kind).toBeGreaterThan(5);
});

/** Programs that once were disputed, or that tell an almost right validator from a right one. */
const REGRESSIONS: Readonly<Record<string, Program>> = {
  'a sync does not answer for a lock that stays held': {
    locks: { A: { kind: 'lockmap' } },
    steps: [
      { op: 'acquire', lock: 'A', sync: true },
      { op: 'acquire', lock: 'A' },
      { op: 'irq', state: 'hard-enter' },
      { op: 'acquire', lock: 'A' },
    ],
  },
  'a known chain of a handler above a lock of the same class': {
    locks: { A: { kind: 'lockmap' } },
    steps: [
      { op: 'irq', state: 'hard-enter' },
      { op: 'acquire', lock: 'A', mode: 'read' },
      { op: 'release', lock: 'A' },
      { op: 'irq', state: 'hard-exit' },
      { op: 'acquire', lock: 'A', mode: 'read' },
      { op: 'irq', state: 'hard-enter' },
      { op: 'acquire', lock: 'A', mode: 'read' },
    ],
  },
  'a lock that its nest lock excuses does not hide what lies below it': {
    locks: {
      N: { kind: 'lockmap' },
      M1: { kind: 'lockmap', class: 'M' },
      M2: { kind: 'lockmap', class: 'M' },
      X: { kind: 'lockmap' },
      B: { kind: 'lockmap' },
    },
    steps: [
      { op: 'acquire', lock: 'B' },
      { op: 'acquire', lock: 'X' },
      { op: 'release', lock: 'X' },
      { op: 'release', lock: 'B' },
      { op: 'acquire', lock: 'N' },
      { op: 'acquire', lock: 'M1' },
      { op: 'acquire', lock: 'X' },
      { op: 'acquire', lock: 'M2', nest: 'N' },
      { op: 'acquire', lock: 'B' },
    ],
  },
  'a lock legally nested in its class does not hide a stronger hold of the class': {
    locks: { A1: { kind: 'lockmap', class: 'A' }, A2: { kind: 'lockmap', class: 'A' }, B: { kind: 'lockmap' } },
    ordered: { A: ['A1', 'A2'] },
    steps: [
      { op: 'acquire', lock: 'B' },
      { op: 'acquire', lock: 'A2', mode: 'recursive-read' },
      { op: 'release', lock: 'A2' },
      { op: 'release', lock: 'B' },
      { op: 'acquire', lock: 'A1' },
      { op: 'acquire', lock: 'A2', mode: 'read' },
      { op: 'acquire', lock: 'B' },
    ],
  },
  'a per-CPU lock does not hide what lies below it from the context rules': {
    locks: { S: { kind: 'lockmap' }, L: { kind: 'local_lock' }, U: { kind: 'lockmap' } },
    steps: [
      { op: 'irq', state: 'soft-enter' },
      { op: 'acquire', lock: 'S' },
      { op: 'release', lock: 'S' },
      { op: 'irq', state: 'soft-exit' },
      { op: 'acquire', lock: 'U' },
      { op: 'release', lock: 'U' },
      { op: 'irq', state: 'soft-disable' },
      { op: 'acquire', lock: 'S' },
      { op: 'acquire', lock: 'L' },
      { op: 'acquire', lock: 'U' },
    ],
  },
};

for (const [title, program] of Object.entries(REGRESSIONS)) {
  test(title, () => {
    const last = program.steps.length - 1;
    expect(runProgram(program), programText(program)).toEqual(firstReport(program));
    expect(runProgram(program)?.step).toBe(last);
  });
}

test('shrinking keeps the failure and drops everything else', () => {
  const program: Program = {
    locks: { A: { kind: 'mutex' }, B: { kind: 'spinlock' }, C: { kind: 'mutex' } },
    steps: [
      { op: 'acquire', lock: 'C', trylock: true },
      { op: 'release', lock: 'C' },
      { op: 'acquire', lock: 'A', mode: 'read' },
      { op: 'acquire', lock: 'B' },
      { op: 'release', lock: 'B' },
      { op: 'acquire', lock: 'A', subclass: 1 },
    ],
  };
  const smallest = shrink(program, (each) => firstReport(each)?.kind === 'recursive');
  expect(smallest.steps).toEqual([
    { op: 'acquire', lock: 'A' },
    { op: 'acquire', lock: 'A' },
  ]);
  expect(Object.keys(smallest.locks)).toEqual(['A']);
});
