/** LD7 to LD10: wait types, and what contexts may interrupt what; with kinds of the kernel and kinds of one's own. */
import { describe, expect, test } from 'vitest';
import { type ContextKind, ContextKinds, type LockKindName, lockKinds } from '../src/index.ts';
import { kindsOf, Scene } from './scene.ts';

const LADDER: readonly LockKindName[] = ['raw_spinlock', 'spinlock', 'mutex'];

describe('LD7 invalid-wait-context', () => {
  test('a lock may be taken under one that waits as long or longer, not the reverse', () => {
    const waitOf = (kind: LockKindName): number => lockKinds[kind].waitInner;
    for (const outer of LADDER) {
      for (const inner of LADDER) {
        const scene = new Scene().class('X', { kind: outer }).class('Y', { kind: inner });
        const expected = waitOf(inner) > waitOf(outer) ? ['invalid-wait-context'] : [];
        expect(scene.run('W(X) W(Y)'), `${inner} under ${outer}`).toEqual(expected);
      }
    }
  });

  test('handlers have limits of their own; a threaded one is less strict', () => {
    const take = (kind: LockKindName, context: string, threaded = false): string[] => {
      const scene = new Scene().class('X', { kind });
      const task = scene.task();
      scene.validator.disableContext(task, 'hardirq');
      scene.validator.enterContext(task, context, { threaded });
      return scene.run('W(X)');
    };
    expect(take('raw_spinlock', 'hardirq')).toEqual([]);
    expect(take('spinlock', 'hardirq')).toEqual(['invalid-wait-context']);
    expect(take('spinlock', 'hardirq', true)).toEqual([]);
    expect(take('mutex', 'hardirq', true)).toEqual(['invalid-wait-context']);
    expect(take('spinlock', 'softirq')).toEqual([]);
    expect(take('mutex', 'softirq')).toEqual(['invalid-wait-context']);
  });

  test('the report says what was wanted, what is allowed, and what limits it', () => {
    const scene = new Scene().class('S', { kind: 'spinlock' }).class('M', { kind: 'mutex' });
    scene.run('W(S) W(M)');
    expect(scene.reports('invalid-wait-context')).toMatchObject([
      {
        rule: 'LD7',
        level: 'error',
        wants: 4,
        have: 3,
        limitedBy: { lock: 'S' },
        context: 'task',
        want: { lock: 'M' },
      },
    ]);
    const handler = new Scene().class('M', { kind: 'mutex' });
    handler.run('irq{ W(M)');
    expect(handler.reports('invalid-wait-context')).toMatchObject([
      { wants: 4, have: 2, limitedBy: null, context: 'hardirq' },
    ]);
  });

  test('an override replaces the limit in force', () => {
    const scene = (): Scene =>
      new Scene()
        .class('R', { kind: 'raw_spinlock' })
        .class('O', { kind: 'override' })
        .class('S', { kind: 'spinlock' });
    expect(scene().run('W(R) tryW(O) W(S)')).toEqual([]);
    expect(scene().run('W(R) W(S)')).toEqual(['invalid-wait-context']);
  });
});

describe('LD8 inconsistent-state', () => {
  test('used in a context and held with it enabled, in either order; with both sites’ usages', () => {
    const scene = new Scene();
    scene.run('irq{ W(A) -A }irq W(A)');
    expect(scene.reports('inconsistent-state')).toMatchObject([
      {
        rule: 'LD8',
        level: 'warning',
        oldUsage: 'IN-HARDIRQ-W',
        newUsage: 'HARDIRQ-ON-W',
        lock: { class: { usage: '?...' } },
      },
    ]);
    const reverse = new Scene();
    reverse.run('W(A) -A soft{ W(A)');
    expect(reverse.reports('inconsistent-state')).toMatchObject([
      { oldUsage: 'SOFTIRQ-ON-W', newUsage: 'IN-SOFTIRQ-W' },
    ]);
  });

  test('readers and writers: only readers on both sides are consistent', () => {
    expect(kindsOf('irq{ R(A) -A }irq R(A)')).toEqual([]);
    expect(kindsOf('irq{ W(A) -A }irq R(A)')).toEqual(['inconsistent-state']);
    expect(kindsOf('irq{ R(A) -A }irq W(A)')).toEqual(['inconsistent-state']);
  });
});

describe('LD9 irq-inversion and LD10 irq-order', () => {
  test('over a path of any length, with its hops', () => {
    const scene = new Scene();
    scene.run('cli W(A) W(B) -B -A W(B) W(C) -C -B W(C) W(D) -D -C sti');
    scene.run('irq{ W(A) -A }irq W(D) -D');
    const [report] = scene.reports('irq-inversion');
    expect(report).toMatchObject({ rule: 'LD9', state: 'HARDIRQ', direction: 'backwards', other: { name: 'A' } });
    expect(report?.path.map(({ from, to }) => from.name + to.name)).toEqual(['AB', 'BC', 'CD']);
  });

  test('forwards: the lock’s first use in the context comes last', () => {
    const scene = new Scene();
    scene.run('cli W(A) W(B) -B -A sti W(B) -B irq{ W(A)');
    expect(scene.reports('irq-inversion')).toMatchObject([
      { direction: 'forwards', lock: { lock: 'A' }, other: { name: 'B' } },
    ]);
  });

  test('a new dependency in the middle of the path', () => {
    const scene = new Scene();
    scene.run('irq{ W(A) -A }irq W(D) -D cli W(A) W(B) -B -A W(C) W(D) -D -C W(B) W(C)');
    const [report] = scene.reports('irq-order');
    expect(report).toMatchObject({ rule: 'LD10', state: 'HARDIRQ', safe: { name: 'A' }, unsafe: { name: 'D' } });
    expect(report?.path.map(({ from, to, isNew }) => [from.name + to.name, isNew])).toEqual([
      ['AB', false],
      ['BC', true],
      ['CD', false],
    ]);
  });
});

describe('context kinds of one’s own', () => {
  const contexts: readonly ContextKind[] = [
    { name: 'reclaim', interrupts: false, initiallyEnabled: false },
    { name: 'signal', maskedBy: ['reclaim'] },
  ];

  test('reclaim: a lock taken in it must not be held where memory is allocated', () => {
    const scene = new Scene({ contexts });
    const task = scene.task();
    scene.validator.enterContext(task, 'reclaim');
    scene.run('W(inode) -inode');
    scene.validator.exitContext(task, 'reclaim');
    expect(scene.run('W(inode)')).toEqual([]); // not while nothing is allocated
    scene.validator.enableContext(task, 'reclaim'); // an allocation may enter reclaim here
    expect(scene.reports('inconsistent-state')).toMatchObject([{ oldUsage: 'IN-RECLAIM-W', newUsage: 'RECLAIM-ON-W' }]);
  });

  test('it does not interrupt: it goes on with the chain of the task', () => {
    const scene = new Scene({ contexts });
    scene.run('W(A)');
    scene.validator.enterContext(scene.task(), 'reclaim');
    scene.run('W(B)');
    expect(scene.dependencies()).toEqual(['A→B']);
    const interrupting = new Scene({ contexts });
    interrupting.run('W(A)');
    interrupting.validator.disableContext(interrupting.task(), 'signal');
    interrupting.validator.enterContext(interrupting.task(), 'signal');
    interrupting.run('W(B)');
    expect(interrupting.dependencies()).toEqual([]);
  });

  test('a masked kind cannot happen', () => {
    const scene = new Scene({ contexts });
    const task = scene.task(); // reclaim starts disabled here, and masks signals
    scene.validator.enterContext(task, 'signal');
    scene.run('W(A) -A');
    scene.validator.exitContext(task, 'signal');
    expect(scene.run('W(A) -A')).toEqual([]);
    scene.validator.enableContext(task, 'reclaim');
    expect(scene.run('W(A)')).toEqual(['inconsistent-state']);
  });

  test('usage characters: two for each kind, in order of declaration', () => {
    const scene = new Scene({ contexts });
    scene.run('W(A) -A irq{ R(B) -B }irq');
    const usage = (name: string): string => scene.validator.graph().getNodeAttribute(name, 'usage');
    expect([usage('A'), usage('B')]).toEqual(['+.+.....', '.-......']);
  });

  test('misuse is told what to do', () => {
    expect(() => new ContextKinds([{ name: 'hardirq' }])).toThrow("context kind 'hardirq' is declared twice");
    expect(() => new ContextKinds(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name })))).toThrow('at most 7');
    const scene = new Scene();
    expect(() => scene.validator.enterContext(scene.task(), 'nmi')).toThrow(
      "unknown context kind 'nmi': known are hardirq, softirq; declare others in the validator's options",
    );
  });
});

describe('handlers nest', () => {
  test('entering twice needs leaving twice; leaving once too often does nothing', () => {
    const scene = new Scene();
    const { validator } = scene;
    const task = scene.task();
    for (const _ of [1, 2]) validator.enterContext(task, 'hardirq');
    validator.exitContext(task, 'hardirq');
    scene.run('cli W(A) -A');
    for (const _ of [1, 2, 3]) validator.exitContext(task, 'hardirq');
    scene.run('sti W(B) -B W(A)');
    expect(scene.reports('inconsistent-state')).toMatchObject([{ oldUsage: 'IN-HARDIRQ-W', lock: { lock: 'A' } }]);
  });

  test('more context states than are remembered are slower, not wrong', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const scene = new Scene({ contexts: names.map((name) => ({ name })) });
    const task = scene.task();
    for (let mask = 0; mask < 32; mask++) {
      for (const [bit, name] of names.entries()) {
        if ((mask & (1 << bit)) !== 0) scene.validator.disableContext(task, name);
        else scene.validator.enableContext(task, name);
      }
      scene.run('W(X) W(Y) -Y -X W(X) W(Y) -Y -X');
    }
    scene.validator.enterContext(task, 'e');
    expect(scene.run('W(Y)')).toEqual(['inconsistent-state']);
  });
});
