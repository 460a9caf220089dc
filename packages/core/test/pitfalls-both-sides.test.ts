/** The pitfalls again, each with the side that a validator built for the plain case gets wrong next to the one it gets right. */
import { describe, expect, test } from 'vitest';
import type { ReportKind, ValidatorOptions } from '../src/index.ts';
import { kindsOf, Scene } from './scene.ts';

const KERNEL: ValidatorOptions = { mode: 'kernel' };
const CLEAN: ReportKind[] = [];

describe('reader semantics', () => {
  test('pitfall 1: fair readers nest neither in themselves nor crosswise, recursive ones do both', () => {
    expect(kindsOf('r(A1) r(A2)')).toEqual(['recursive']);
    expect(kindsOf('R(A1) R(A2)')).toEqual(CLEAN);
    expect(kindsOf('r(A) r(B) -B -A r(B) r(A)')).toEqual(['circular']);
    expect(kindsOf('R(A) R(B) -B -A R(B) R(A)')).toEqual(CLEAN);
  });

  test('pitfall 2: all nine pairs of modes, for two locks of the class and for one', () => {
    const matrix = (first: string, second: string): number[][] =>
      ['W', 'r', 'R'].map((held) =>
        ['W', 'r', 'R'].map((want) => kindsOf(`${held}(${first}) ${want}(${second})`).length),
      );
    const legal = [
      [1, 1, 1],
      [1, 1, 0],
      [1, 1, 0],
    ];
    expect(matrix('A1', 'A2')).toEqual(legal);
    expect(matrix('A', 'A')).toEqual(legal);
  });

  test('pitfall 3: the joint at either end of the new edge decides', () => {
    expect(kindsOf('W(A) R(B) -B -A W(B) W(A)')).toEqual(['circular']); // a recursive reader of B, B held exclusively
    expect(kindsOf('W(A) R(B) -B -A R(B) W(A)')).toEqual(CLEAN); // B held shared
    expect(kindsOf('R(A) W(B) -B -A W(B) R(A)')).toEqual(CLEAN); // the same at A
    expect(kindsOf('R(A) W(B) -B -A W(B) r(A)')).toEqual(['circular']);
  });

  test('pitfall 5: only a recursive reader is passed; other locks stand for what is below them', () => {
    const past = new Scene();
    past.run('W(L) R(A) W(B)');
    expect(past.dependencies()).toEqual(['A→B', 'L→A', 'L→B']);
    const nearest = new Scene();
    nearest.run('W(L) r(A) W(B)');
    expect(nearest.dependencies()).toEqual(['A→B', 'L→A']);
  });

  test('pitfall 6: a chain known for readers says nothing of writers, in either mode', () => {
    const readers = 'R(A) R(B) -B -A R(B) R(A) -A -B';
    for (const options of [{}, KERNEL]) {
      expect(kindsOf(`${readers} W(A) W(B) -B -A W(B) W(A)`, options)).toEqual(['circular']);
      expect(kindsOf(`${readers} ${readers}`, options)).toEqual(CLEAN);
    }
  });
});

describe('the held stack', () => {
  test('pitfall 8: what is put back is checked again; the instance is looked for, not the class', () => {
    expect(kindsOf('W(A1) -A2')).toEqual(['bad-unlock']);
    // Putting C back under A adds the dependency that closes the circle; ideal mode has seen it past B already.
    const closing = 'W(C) W(A) -A -C W(A) R(B) W(C)';
    expect(kindsOf(closing, KERNEL)).toEqual(CLEAN);
    expect(kindsOf(`${closing} -B`, KERNEL)).toEqual(['circular']);
    expect(kindsOf(closing)).toEqual(['circular']);
    expect(kindsOf('W(N) W(A1) W(B) W(A2<N) -N')).toContain('nest-not-held'); // its nest lock is gone now
  });

  test('pitfall 9: a trylock is not checked, but it is held', () => {
    expect(kindsOf('W(A1) tryW(A2)')).toEqual(CLEAN);
    expect(kindsOf('tryW(A1) W(A2)')).toEqual(['recursive']);
    expect(kindsOf('irq{ tryW(A) -A }irq W(A)')).toEqual(CLEAN);
    expect(kindsOf('irq{ W(A) -A }irq tryW(A)')).toEqual(['inconsistent-state']);
    expect(kindsOf('irq{ W(A) -A }irq cli tryW(A) sti')).toEqual(['inconsistent-state']);
    const waits = (): Scene => new Scene().class('S', { kind: 'spinlock' }).class('M', { kind: 'mutex' });
    expect(waits().run('W(S) tryW(M)')).toEqual(CLEAN);
    expect(waits().run('W(S) W(M)')).toEqual(['invalid-wait-context']);
  });

  test('pitfall 10: unchecked is not unseen: balance and wait types still count', () => {
    const scene = (): Scene =>
      new Scene().class('N', { validate: false, kind: 'mutex' }).class('S', { kind: 'spinlock' });
    expect(scene().run('W(N) -N -N')).toEqual(['bad-unlock']);
    expect(scene().run('W(S) W(N)')).toEqual(['invalid-wait-context']);
    expect(scene().run('W(N) W(N)')).toEqual(CLEAN);
    const untracked = new Scene().class('U', { track: false });
    expect(untracked.run('W(A) W(U) W(U) W(B) -U -U -U')).toEqual(CLEAN);
  });

  test('pitfall 11: a wrong release names who holds the lock, and leaves it held', () => {
    const scene = new Scene();
    scene.run('W(A)', 'one');
    scene.run('W(B) -A', 'two');
    expect(scene.reports('bad-unlock')).toMatchObject([{ task: 'two', holders: ['one'], lock: { lock: 'A' } }]);
    expect(scene.validator.holders(scene.lock('A')).map(({ name }) => name)).toEqual(['one']);
    expect(scene.dependencies()).toEqual([]); // A of one and B of two have nothing to do with each other
  });
});

describe('interrupts and other contexts', () => {
  test('pitfall 12: no dependency, no wait limit and no release across contexts, but for the top entry', () => {
    const scene = new Scene();
    expect(scene.run('cli W(A) irq{ W(B) W(C)')).toEqual(CLEAN);
    expect(scene.dependencies()).toEqual(['B→C']);
    const waits = new Scene().class('S', { kind: 'raw_spinlock' }).class('T', { kind: 'spinlock' });
    expect(waits.run('bh- W(S) soft{ W(T)')).toEqual(CLEAN);
    expect(kindsOf('cli W(A) irq{ -A')).toEqual(CLEAN);
    expect(kindsOf('cli W(A) irq{ W(B) -A')).toEqual(['bad-unlock']);
    // The same lock again is a deadlock, though, whatever lies between.
    expect(kindsOf('irq{ W(A) -A }irq cli W(A) irq{ W(A)')).toEqual(['recursive']);
  });

  test('pitfall 13: the soft bit needs hard interrupts on as well', () => {
    expect(kindsOf('irq{ W(A) -A }irq cli W(A) -A sti')).toEqual(CLEAN);
    expect(kindsOf('soft{ W(A) -A }soft cli W(A) bh- bh+')).toEqual(CLEAN);
    expect(kindsOf('soft{ W(A) -A }soft cli W(A) sti')).toEqual(['inconsistent-state']);
    expect(kindsOf('soft{ W(A) -A }soft bh- W(A) bh+')).toEqual(['inconsistent-state']);
  });

  test('pitfall 15: at a weak end only the writing bits count; shared is any reader', () => {
    const safe = 'irq{ W(A) -A }irq';
    // A leads to B over a recursive reader: a reader of B with interrupts on does not keep it waiting, a writer does.
    expect(kindsOf(`${safe} R(B) -B cli W(A) R(B)`)).toEqual(CLEAN);
    expect(kindsOf(`${safe} W(B) -B cli W(A) R(B)`)).toEqual(['irq-order']);
    expect(kindsOf(`${safe} R(B) -B cli W(A) r(B)`)).toEqual(['irq-order']);
    // The other end: the handler only reads A, and A is held shared by whoever goes on to B.
    for (const shared of ['r', 'R']) {
      expect(kindsOf(`irq{ R(A) -A }irq W(B) -B cli ${shared}(A) W(B)`)).toEqual(CLEAN);
      expect(kindsOf(`${safe} W(B) -B cli ${shared}(A) W(B)`)).toEqual(['irq-order']);
    }
    expect(kindsOf('irq{ R(A) -A }irq W(B) -B cli W(A) W(B)')).toEqual(['irq-order']);
  });

  test('pitfall 16: the context named is one in which the two conflict, not one that each knows', () => {
    // A is used in soft interrupts and held with hard ones on; B is held with soft ones on and used in hard ones.
    const scene = new Scene();
    scene.run('soft{ W(A) -A }soft bh- W(A) -A bh+ irq{ R(B) -B }irq');
    scene.run('cli W(A) R(B) -B -A sti');
    expect(scene.kinds()).toEqual(CLEAN);
    scene.run('W(D) -D bh- W(A) W(D)');
    expect(scene.reports('irq-order')).toMatchObject([
      { state: 'SOFTIRQ', safe: { name: 'A' }, unsafe: { name: 'D' } },
    ]);
  });

  test('pitfall 17: a per-CPU lock is no part of a path, and hides none', () => {
    const scene = (): Scene => new Scene().class('L', { type: 'percpu' });
    const apart = 'irq{ W(A) -A }irq W(B) -B cli W(A) W(L) -L -A W(L) W(B)';
    expect(scene().run(apart)).toEqual(CLEAN);
    expect(kindsOf(apart)).toEqual(['irq-order']);
    expect(scene().run('irq{ W(A) -A }irq W(L) -L cli W(A) W(L)')).toEqual(CLEAN); // nor the end of one
    expect(scene().run('irq{ W(A) -A }irq W(B) -B cli W(A) W(L) W(B)')).toEqual(['irq-order']);
    expect(scene().run('irq{ W(L) -L }irq W(L)')).toEqual(['inconsistent-state']); // by itself it counts
  });
});

describe('the order of checks, caches and annotations', () => {
  test('pitfall 18: usage before nest lock before same class before circle', () => {
    expect(kindsOf('irq{ W(A) -A }irq cli W(A1) sti W(A2)')).toEqual(['inconsistent-state', 'recursive']);
    expect(kindsOf('irq{ W(A) -A }irq W(A<N)')).toEqual(['inconsistent-state', 'nest-not-held']);
    expect(kindsOf('W(B) W(A) -A -B W(A) W(B<N)')).toEqual(['nest-not-held', 'circular']);
    expect(kindsOf('W(A1) W(N) W(A2<N)')).toEqual(['recursive', 'circular']);
  });

  test('pitfall 19: nest lock and check flag are of the acquisition, not of the chain', () => {
    expect(kindsOf('W(N) W(A1) W(A2<N) -A2 -A1 -N W(N) W(A1) W(A2)')).toEqual(['recursive']);
    expect(kindsOf('W(N) W(A1) W(B) W(A2<N) -A2 -B -A1 -N W(A1) W(N) W(B) W(A2<N)')).toContain('recursive');
    expect(kindsOf('W(A) uncheckedW(B) -B -A W(A) W(B) -B -A W(B) W(A)')).toEqual(['circular']);
    expect(kindsOf('W(A) tryW(B) -B -A W(A) W(B) -B -A W(B) W(A)')).toEqual(['circular']);
  });

  test('pitfall 20: an excused acquisition adds no edge to itself; consecutive ones are one entry', () => {
    const excused = new Scene();
    expect(excused.run('W(N) W(A1) W(B) W(A2<N) W(C)')).toEqual(CLEAN);
    expect(excused.dependencies()).toEqual(['A→B', 'A→C', 'B→C', 'N→A']);
    const merged = new Scene();
    expect(merged.run('W(N) W(A1<N) W(A2<N) W(A3<N)')).toEqual(CLEAN);
    expect(merged.validator.heldLocks()[0]?.held.map(({ lock }) => lock)).toEqual(['N', 'A1']);
    expect(merged.run('-A3 -A1 -A2')).toEqual(CLEAN);
    expect(merged.run('-A2')).toEqual(['bad-unlock']);
  });

  test('pitfall 22: a subclass orders two locks, and is a class with circles of its own', () => {
    expect(kindsOf('W(A1) W(A2/1)')).toEqual(CLEAN);
    expect(kindsOf('W(A1) W(A2/1) -A2 -A1 W(A1/1) W(A2)')).toEqual(['circular']);
    expect(kindsOf('W(A1/1) W(A2/1)')).toEqual(['recursive']);
    expect(kindsOf('R(A) R(A/1)')).toEqual(CLEAN); // the same lock, but a recursive reader may
  });

  test('pitfall 23: a sync is no critical section, and does not answer for one', () => {
    expect(kindsOf('irq{ W(A) -A }irq syncW(A)')).toEqual(CLEAN);
    expect(kindsOf('syncW(A) W(A) -A irq{ W(A)')).toEqual(['inconsistent-state']);
    expect(kindsOf('W(A) syncW(A)')).toEqual(['recursive']);
    expect(kindsOf('syncW(A) -A')).toEqual(['bad-unlock']);
  });

  test('pitfall 24: the order is reported before anybody blocks, the deadlock when somebody does', () => {
    const scene = new Scene();
    scene.run('W(A)', 'one');
    scene.run('W(B) W(A)', 'two');
    scene.validator.contended(scene.task('two'), scene.lock('A'));
    expect(scene.run('W(B)', 'one')).toEqual(['circular']);
    scene.validator.contended(scene.task('one'), scene.lock('B'));
    expect(scene.kinds()).toEqual(['circular', 'deadlock']);
  });

  test('pitfall 25: what recurs is counted, not repeated', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B');
    for (let again = 0; again < 3; again++) scene.run('W(B) W(A) -A -B');
    expect(scene.reports('circular').map(({ count }) => count)).toEqual([4]);
    scene.run('irq{ W(E) -E }irq W(E) -E W(E) -E');
    expect(scene.reports('inconsistent-state')).toMatchObject([{ count: 1 }]); // a bit is set once
  });

  test('pitfall 26: what cannot happen as seen is reported, and says why', () => {
    const verdictOf = (...runs: readonly (readonly [events: string, task: string])[]): string | undefined => {
      const scene = new Scene();
      for (const [events, task] of runs) scene.run(events, task);
      return scene.reports('circular')[0]?.verdict.kind;
    };
    expect(verdictOf(['W(A) W(B) -B -A W(B) W(A) -A -B', 'one'])).toBe('single-task');
    expect(verdictOf(['r(A) r(B) -B -A', 'one'], ['r(B) r(A) -A -B', 'two'])).toBe('readers-only');
    expect(verdictOf(['W(A) -A W(B) -B r(A) r(B) -B -A', 'one'], ['r(B) r(A) -A -B', 'two'])).toBe('possible');
    expect(verdictOf(['W(A) W(B) -B -A', 'one'], ['W(B) W(A) -A -B', 'two'])).toBe('possible');
  });
});
