/** LD2: what a search for schedules says of a circle takes the place of what was only seen of it, and yields to a stronger proof alone. */
import { describe, expect, test } from 'vitest';
import type { CircularReport, ProvenSchedule, RecursiveReport, VerdictKind } from '../src/index.ts';
import { Scene } from './scene.ts';

const SCHEDULE: ProvenSchedule = {
  steps: [
    { task: 'one', text: 'lock A' },
    { task: 'two', text: 'lock B' },
  ],
  waits: [
    { task: 'one', wants: 'lock B', heldBy: ['two'] },
    { task: 'two', wants: 'lock A', heldBy: ['one'] },
  ],
  preemptions: 1,
  diagram: 'one | two',
  literal: "[['one', 'lock A'], ['two', 'lock B']]",
};

const possible = (own: Scene): Scene => run(own, 'W(A) W(B) -B -A', 'W(B) W(A) -A -B');
const gated = (own: Scene): Scene => run(own, 'W(G) W(A) W(B) -B -A -G', 'W(G) W(B) W(A) -A -B -G');

function run(own: Scene, one: string, two: string): Scene {
  own.run(one, 'one');
  own.run(two, 'two');
  return own;
}

function only(own: Scene): CircularReport {
  const found = own.reports('circular');
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** What a report says after these proofs: `level verdict`. */
function after(own: Scene, ...proofs: readonly VerdictKind[]): string {
  const report = only(own);
  for (const kind of proofs) own.validator.prove(report, { kind, reason: `by ${kind}` });
  return `${report.level} ${report.verdict.kind}`;
}

describe('LD2: proofs', () => {
  test('a refuted circle is a note, a confirmed one an error, an undecided one the warning it was', () => {
    expect(after(possible(new Scene()))).toBe('warning possible');
    expect(after(possible(new Scene()), 'refuted')).toBe('note refuted');
    expect(after(possible(new Scene()), 'confirmed')).toBe('error confirmed');
    expect(after(possible(new Scene()), 'unconfirmed')).toBe('warning unconfirmed');
  });

  test('through an event a deadlock that happens is an error too, and an undecided one a warning', () => {
    const events = (): Scene =>
      run(new Scene().class('E', { kind: 'completion' }), 'tryW(E) W(A) -A -E', 'W(A) W(E) -E -A');
    expect(after(events(), 'confirmed')).toBe('error confirmed');
    expect(after(events(), 'unconfirmed')).toBe('warning unconfirmed');
    expect(after(events(), 'refuted')).toBe('note refuted');
  });

  test('a deadlock that happens stays, whatever is said later', () => {
    expect(after(possible(new Scene()), 'confirmed', 'refuted', 'unconfirmed', 'predicted')).toBe('error confirmed');
    expect(after(possible(new Scene()), 'predicted', 'refuted', 'unconfirmed')).toBe('error predicted');
    expect(after(possible(new Scene()), 'predicted', 'confirmed')).toBe('error confirmed');
    expect(after(possible(new Scene()), 'unconfirmed', 'refuted')).toBe('note refuted');
    expect(after(possible(new Scene()), 'refuted', 'unconfirmed')).toBe('note refuted');
    expect(after(possible(new Scene()), 'refuted', 'confirmed')).toBe('error confirmed');
  });

  test('a search that ends too early does not make a circle louder that is milder than possible', () => {
    expect(after(gated(new Scene()), 'unconfirmed')).toBe('note gated');
    expect(after(gated(new Scene()), 'refuted')).toBe('note refuted');
    expect(after(gated(new Scene()), 'confirmed')).toBe('error confirmed');
  });

  test('seeing the same circle again, in better circumstances, takes no refutation back', () => {
    const own = gated(new Scene());
    expect(after(own, 'refuted')).toBe('note refuted');
    run(own, 'W(A) W(B) -B -A', 'W(B) W(A) -A -B');
    expect(after(own)).toBe('note refuted');
    // Without the proof the same sightings raise it.
    const unproved = gated(new Scene());
    run(unproved, 'W(A) W(B) -B -A', 'W(B) W(A) -A -B');
    expect(after(unproved)).toBe('warning possible');
  });

  test('one class taken twice: silent about schedules until there is a proof, then as loud as that', () => {
    const twice = (): RecursiveReport => {
      const own = new Scene();
      own.run('W(A1) W(A2) -A2 -A1', 'one');
      const report = own.reports('recursive')[0]!;
      expect([report.level, report.verdict]).toEqual(['error', undefined]);
      return report;
    };
    const levelAfter = (...proofs: readonly VerdictKind[]): string => {
      const own = new Scene();
      const report = twice();
      for (const kind of proofs) own.validator.prove(report, { kind, reason: kind });
      return `${report.level} ${report.verdict?.kind}`;
    };
    expect(levelAfter('confirmed')).toBe('error confirmed');
    expect(levelAfter('refuted')).toBe('note refuted');
    expect(levelAfter('unconfirmed')).toBe('error unconfirmed');
    expect(levelAfter('refuted', 'confirmed')).toBe('error confirmed');
  });

  test('the schedule comes with the verdict, listeners hear of the new level, and it is the same finding as before', () => {
    const own = possible(new Scene());
    const report = only(own);
    const { fingerprint } = report;
    const heard: string[] = [];
    own.validator.subscribe(({ level }) => heard.push(level));
    own.validator.prove(report, { kind: 'confirmed', reason: 'a schedule deadlocks', schedule: SCHEDULE });
    expect(report.verdict.schedule).toEqual(SCHEDULE);
    expect(heard).toEqual(['error']);
    expect(report.fingerprint).toBe(fingerprint);
    expect(JSON.parse(JSON.stringify(report)).verdict.schedule).toEqual(SCHEDULE);
  });
});
