/** LD2 in two layers: what leads through events is judged apart, weighs less, and stands in for nothing. */
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

/** `tryW(E) … -E` claims an event and lets it happen, `W(E) -E` waits for it. */
function scene(): Scene {
  return new Scene().class('E', { kind: 'completion' });
}

const circles = (of: Scene): string[] =>
  of
    .reports('circular')
    .map(({ layer, level, verdict, cycle }) =>
      [layer, level, verdict.kind, cycle.map((hop) => hop.from.name).join('')].join(' '),
    );

describe('LD2: the event layer', () => {
  test('waiting under a lock that the one who claimed the event takes: a warning when two tasks show it', () => {
    const own = scene();
    own.run('tryW(E) W(A) -A -E', 'worker');
    own.run('W(A) W(E) -E -A', 'waiter');
    expect(circles(own)).toEqual(['event warning possible AE']);
  });

  test('shown by one task it is a note, where locks alone would be a warning', () => {
    const events = scene();
    events.run('tryW(E) W(A) -A -E W(A) W(E) -E -A');
    const locks = new Scene();
    locks.run('W(E) W(A) -A -E W(A) W(E) -E -A');
    expect(circles(events)).toEqual(['event note single-task AE']);
    expect(circles(locks)).toEqual(['order warning single-task AE']);
  });

  test('a dependency that closes a near circle through an event and a far one of locks: both are reported', () => {
    const own = scene();
    own.run('tryW(E) W(A) -A -E', 'worker');
    own.run('W(B) W(E) -E -B', 'one');
    own.run('W(B) W(C) W(D) W(A) -A -D -C -B', 'one');
    own.run('W(A) W(B) -B -A', 'two');
    expect(circles(own).sort()).toEqual(['event warning possible ABE', 'order warning possible ABCD']);
  });

  test('the same with the circle of locks nearer', () => {
    const own = scene();
    own.run('tryW(E) W(A) -A -E', 'worker');
    own.run('W(B) W(C) W(E) -E -C -B W(B) W(A) -A -B', 'one');
    own.run('W(A) W(B) -B -A', 'two');
    expect(circles(own).sort()).toEqual(['event warning possible ABCE', 'order warning possible AB']);
  });

  test('a circle of locks that cannot happen is not made surer by one through an event', () => {
    const own = scene();
    own.run('tryW(E) W(A) -A -E', 'worker');
    own.run('W(G) W(B) W(A) -A -B -G W(B) W(E) -E -B', 'one');
    own.run('W(G) W(A) W(B) -B -A -G', 'two');
    expect(circles(own).sort()).toEqual(['event warning possible ABE', 'order note gated AB']);
  });

  test('both layers go on being judged: each rises by what its own dependencies show', () => {
    const own = scene();
    own.run('W(B) W(E) -E -B tryW(E) W(A) -A -E W(B) W(A) -A -B W(A) W(B) -B -A', 'one');
    expect(circles(own).sort()).toEqual(['event note single-task ABE', 'order warning single-task AB']);
    own.run('W(A) W(B) -B -A', 'two');
    expect(circles(own).sort()).toEqual(['event note single-task ABE', 'order warning possible AB']);
    own.run('tryW(E) W(A) -A -E', 'three');
    expect(circles(own).sort()).toEqual(['event warning possible ABE', 'order warning possible AB']);
  });

  test('no context is inherited through an event', () => {
    const own = scene();
    own.run('irq{ W(A) -A }irq', 'irq');
    own.run('cli W(A) W(E) -E -A sti tryW(E) W(B) -B -E', 'task');
    expect(own.kinds()).toEqual([]);
  });
});
