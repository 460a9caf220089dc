/** What a naive validator gets wrong, one test a pitfall; where Linux itself gets it wrong, its answer stands beside ours. */
import {
  type AcquireOptions,
  type Lock,
  LockKey,
  type LockKeyOptions,
  type LockKindName,
  type Mode,
  type Report,
  type Task,
  Validator,
  type ValidatorMode,
  WwClass,
  WwContext,
  WwMutex,
  wwLockPlain,
} from '@lockdep/core';
import { describe, expect, test } from 'vitest';

type How = AcquireOptions & { readonly nest?: string };

/** One task and locks by name; `A1` and `A2` are two locks of class `A`. */
class Bench {
  readonly validator: Validator;
  readonly task: Task;
  readonly #kind: LockKindName;
  readonly #options: Record<string, Partial<LockKeyOptions>>;
  readonly #keys = new Map<string, LockKey>();
  readonly #locks = new Map<string, Lock>();

  constructor(
    mode: ValidatorMode = 'ideal',
    kind: LockKindName = 'mutex',
    options: Record<string, Partial<LockKeyOptions>> = {},
  ) {
    this.validator = new Validator({ mode, sites: false });
    this.task = this.validator.task('main');
    this.#kind = kind;
    this.#options = options;
  }

  lock(name: string): Lock {
    let lock = this.#locks.get(name);
    if (lock === undefined) {
      const className = name.replace(/\d+$/, '');
      let key = this.#keys.get(className);
      if (key === undefined) {
        key = new LockKey({ name: className, kind: this.#kind, ...this.#options[className] });
        this.#keys.set(className, key);
      }
      lock = this.validator.lock(key, { label: name });
      this.#locks.set(name, lock);
    }
    return lock;
  }

  take(name: string, how: Mode | How = 'write', task = this.task): this {
    const { nest, ...options } = typeof how === 'string' ? { mode: how, nest: undefined } : how;
    this.validator.acquire(task, this.lock(name), options, nest === undefined ? null : this.lock(nest));
    return this;
  }

  drop(...names: string[]): this {
    for (const name of names) this.validator.release(this.task, this.lock(name));
    return this;
  }

  /** Takes all in order, releases in reverse. */
  nest(...steps: (string | readonly [string, Mode | How])[]): this {
    const taken = steps.map((step) => (typeof step === 'string' ? ([step, 'write'] as const) : step));
    for (const [name, how] of taken) this.take(name, how);
    return this.drop(...taken.map(([name]) => name).reverse());
  }

  /** In a hard interrupt, which runs with hard interrupts off. */
  inIrq(body: () => void): this {
    this.validator.disableContext(this.task, 'hardirq');
    this.validator.enterContext(this.task, 'hardirq');
    body();
    this.validator.exitContext(this.task, 'hardirq');
    this.validator.enableContext(this.task, 'hardirq');
    return this;
  }

  irqsOff(body: () => void): this {
    this.validator.disableContext(this.task, 'hardirq');
    body();
    this.validator.enableContext(this.task, 'hardirq');
    return this;
  }

  get kinds(): string[] {
    return this.validator.reports.map((report: Report) => report.kind);
  }

  edges(): string[] {
    const graph = this.validator.graph();
    const name = (node: string): string => graph.getNodeAttribute(node, 'name');
    return graph.mapEdges((_edge, _attributes, from, to) => `${name(from)} -> ${name(to)}`).sort();
  }
}

const R = 'recursive-read';

describe('pitfalls: readers', () => {
  test('1: three modes: a fair reader is blocked by a queued writer, a recursive one is not', () => {
    expect(new Bench().nest(['A', 'read'], ['B', 'read']).nest(['B', 'read'], ['A', 'read']).kinds).toEqual([
      'circular',
    ]);
    expect(new Bench().nest(['A', R], ['B', R]).nest(['B', R], ['A', R]).kinds).toEqual([]);
  });

  test('2: within a class only a recursive read under a read is fine, whichever the instance', () => {
    expect(new Bench().nest(['A1', 'read'], ['A2', R]).kinds).toEqual([]);
    expect(new Bench().nest(['A1', R], ['A2', 'read']).kinds).toEqual(['recursive']);
    expect(new Bench().nest(['A1', 'read'], ['A1', 'read']).kinds).toEqual(['recursive']);
  });

  test('3: the kinds of an edge add up, and the joint at the new edge counts too', () => {
    const bench = new Bench().nest('X1', ['Y', R]);
    expect(bench.nest(['Y', 'read'], 'X1').kinds).toEqual([]);
    expect(bench.nest('X1', 'Y').nest(['Y', 'read'], 'X1').kinds).toEqual(['circular']);
  });

  test('4: the search keeps how a class was reached: Linux visits it once and misses the strong path', () => {
    const run = (mode: ValidatorMode): string[] =>
      new Bench(mode).nest('A', 'C').nest('C', 'B').nest('A', ['B', R]).nest(['B', R], 'A').kinds;
    expect(run('ideal')).toEqual(['circular']);
    expect(run('kernel')).toEqual([]);
  });

  test('5: behind a recursive reader there are further locks to depend on; Linux stops and misses plain ABBA', () => {
    const run = (mode: ValidatorMode): string[] => new Bench(mode).nest('A', ['R', R], 'B').nest('B', 'A').kinds;
    expect(run('ideal')).toEqual(['circular']);
    expect(run('kernel')).toEqual([]);
  });

  test('6: the mode is part of the chain cache’s key', () => {
    expect(new Bench().nest(['A', R], ['B', R]).nest(['B', R], ['A', R]).nest('A', 'B').nest('B', 'A').kinds).toEqual([
      'circular',
    ]);
  });

  test('7: a downgrade changes what comes, not what was', () => {
    const downgraded = (before: string[], after: string[]): Bench => {
      const bench = new Bench().take('A');
      for (const name of before) bench.take(name);
      bench.validator.downgrade(bench.task, bench.lock('A'));
      for (const name of after) bench.take(name);
      return bench.drop(...after, ...before, 'A');
    };
    expect(downgraded([], ['B']).nest('B', ['A', R]).kinds).toEqual([]);
    expect(downgraded(['B'], []).nest('B', ['A', R]).kinds).toEqual(['circular']);
  });
});

describe('pitfalls: the held stack', () => {
  test('8: a release in the middle makes what lay above depend on what lay below', () => {
    const bench = new Bench().take('A').take('B').take('C');
    expect(bench.edges()).toEqual(['A -> B', 'B -> C']);
    expect(bench.drop('B').edges()).toEqual(['A -> B', 'A -> C', 'B -> C']);
    expect(bench.drop('A', 'C').kinds).toEqual([]);
  });

  test('9: a trylock has no incoming edges, but outgoing ones, and edges go past it', () => {
    const bench = new Bench().nest('A', ['T', { trylock: true }], 'B');
    expect(bench.edges()).toEqual(['A -> B', 'T -> B']);
    expect(bench.nest('T', 'A').kinds).toEqual([]);
    expect(bench.nest('B', 'T').kinds).toEqual(['circular']);
  });

  test('10: an unchecked lock is passed over, not a stop', () => {
    expect(new Bench().nest('A', ['U', { check: false }], 'B').edges()).toEqual(['A -> B']);
    const validate = new Bench('ideal', 'mutex', { N: { validate: false } });
    expect(validate.nest('A', 'N', 'B').edges()).toEqual(['A -> B']);
    expect(validate.drop('N').kinds).toEqual(['bad-unlock']);
  });

  test('11: held locks belong to a task; a release by another is an error unless handed over', () => {
    const bench = new Bench().take('A');
    const other = bench.validator.task('other');
    bench.validator.release(other, bench.lock('A'));
    expect(bench.kinds).toEqual(['bad-unlock']);
    const handed = new Bench().take('A');
    const taker = handed.validator.task('taker');
    handed.validator.transfer(handed.task, taker, handed.lock('A'));
    handed.validator.release(taker, handed.lock('A'));
    expect(handed.kinds).toEqual([]);
  });
});

describe('pitfalls: interrupts and contexts', () => {
  test('12: an interrupt is a chain of its own: no dependency and no recursion across', () => {
    const bench = new Bench('ideal', 'raw_spinlock').take('A');
    bench.inIrq(() => bench.nest('B'));
    expect(bench.drop('A').edges()).toEqual([]);
    expect(bench.kinds).toEqual([]);
  });

  test('13: held with interrupts enabled counts at the acquisition and at a later enabling', () => {
    const later = new Bench('ideal', 'raw_spinlock');
    later.inIrq(() => later.nest('A'));
    later.validator.disableContext(later.task, 'hardirq');
    later.take('A');
    expect(later.kinds).toEqual([]);
    later.validator.enableContext(later.task, 'hardirq');
    expect(later.kinds).toEqual(['inconsistent-state']);
  });

  test('14: one bug has three faces, by the order of events', () => {
    const used = (bench: Bench): void => void bench.inIrq(() => bench.nest('A'));
    const nested = (bench: Bench): void => void bench.irqsOff(() => bench.nest('A', 'B'));
    const enabled = (bench: Bench, name = 'B'): void => void bench.nest(name);
    const kinds = (...events: ((bench: Bench) => void)[]): string[] => {
      const bench = new Bench('ideal', 'raw_spinlock');
      for (const event of events) event(bench);
      return bench.kinds;
    };
    expect(kinds(used, (bench) => enabled(bench, 'A'))).toEqual(['inconsistent-state']);
    expect(kinds(used, nested, enabled)).toEqual(['irq-inversion']);
    expect(kinds(used, enabled, nested)).toEqual(['irq-order']);
  });

  test('15: at the end of a recursive-reader path only writers in the interrupt count', () => {
    const read = new Bench('ideal', 'lockmap');
    read.inIrq(() => read.nest(['A', R]));
    expect(read.nest(['A', R]).kinds).toEqual([]);
    const written = new Bench('ideal', 'lockmap');
    written.inIrq(() => written.nest(['A', R]));
    expect(written.nest('A').kinds).toEqual(['inconsistent-state']);
  });

  test('16: the title names the context of the lock that is unsafe in it', () => {
    const bench = new Bench('ideal', 'raw_spinlock');
    bench.inIrq(() => bench.nest('A')).nest('B');
    bench.irqsOff(() => bench.nest('A', 'B'));
    expect(bench.validator.reports).toMatchObject([
      { kind: 'irq-order', state: 'HARDIRQ', safe: { name: 'A' }, unsafe: { name: 'B' } },
    ]);
  });

  test('17: per-CPU locks are passed over by the searches for contexts, not by the ordinary one', () => {
    const bench = new Bench('ideal', 'raw_spinlock', { L: { type: 'percpu' } });
    bench.inIrq(() => bench.nest('A')).nest('B');
    bench.irqsOff(() => bench.nest('A', 'L').nest('L', 'B'));
    expect(bench.kinds).toEqual([]);
    bench.irqsOff(() => bench.nest('B', 'L'));
    expect(bench.kinds).toEqual(['circular']);
  });
});

describe('pitfalls: the order of checks, caches, annotations', () => {
  test('18: the wait type is judged before the order', () => {
    const bench = new Bench('ideal', 'mutex', { S: { kind: 'raw_spinlock' } });
    expect(bench.nest('M', 'S').nest('S', 'M').kinds[0]).toBe('invalid-wait-context');
  });

  test('19: one good use does not legalise a bad one: comparisons are asked every time', () => {
    const compare = (held: Lock, wanted: Lock): number => (held.label < wanted.label ? -1 : 1);
    const run = (mode: ValidatorMode): string[] =>
      new Bench(mode, 'mutex', { A: { compare } }).nest('A1', 'A2').nest('A2', 'A1').kinds;
    expect(run('ideal')).toEqual(['recursive']);
    expect(run('kernel')).toEqual([]);
  });

  test('20: a nest lock must be held below the first lock of the class', () => {
    expect(new Bench().nest('N', ['A1', { nest: 'N' }], ['A2', { nest: 'N' }]).kinds).toEqual([]);
    expect(new Bench().nest('A1', 'X', ['A2', { nest: 'N' }]).kinds[0]).toBe('nest-not-held');
    // Directly above another of its class it is counted there before anything is checked.
    expect(new Bench().take('A1').take('A2', { nest: 'N' }).kinds).toEqual([]);
    expect(new Bench().nest('A1', 'N', ['A2', { nest: 'N' }]).kinds[0]).toBe('recursive');
  });

  test('21: the strictest held lock decides, not the innermost; outer and inner wait types differ', () => {
    const kinds: Record<string, Partial<LockKeyOptions>> = {
      RAW: { kind: 'raw_spinlock' },
      SPIN: { kind: 'spinlock' },
      RCU: { kind: 'rcu' },
    };
    expect(new Bench('ideal', 'mutex', kinds).take('RAW').take('RCU').take('SPIN').kinds).toEqual([
      'invalid-wait-context',
    ]);
    expect(new Bench('ideal', 'mutex', kinds).take('RAW').take('RCU').kinds).toEqual([]);
    expect(new Bench('ideal', 'mutex', kinds).take('RCU').take('M').kinds).toEqual(['invalid-wait-context']);
  });

  test('22: a subclass does not hide taking the very same lock again; Linux is fooled', () => {
    const run = (mode: ValidatorMode): string[] => new Bench(mode).nest('A', ['A', { subclass: 1 }]).kinds;
    expect(run('ideal')).toEqual(['recursive']);
    expect(run('kernel')).toEqual([]);
    expect(new Bench().nest('A1', ['A2', { subclass: 1 }]).kinds).toEqual([]);
  });

  test('23: a sync waits for holders and holds nothing', () => {
    const bench = new Bench().take('A').take('S', { sync: true }).take('B').drop('B', 'A');
    expect(bench.edges()).toEqual(['A -> B', 'A -> S']);
    expect(bench.nest('S', 'A').kinds).toEqual(['circular']);
  });

  test('24: the acquisition is told before blocking, so that what does deadlock has been reported', () => {
    const bench = new Bench().nest('A', 'B');
    const other = bench.validator.task('other');
    bench.take('A');
    bench.take('B', 'write', other);
    bench.take('A', 'write', other);
    expect(bench.kinds).toEqual(['circular']);
  });

  test('25: validation goes on: each inversion once, and further ones still', () => {
    const bench = new Bench().nest('A', 'B').nest('B', 'A').nest('B', 'A').nest('C', 'D').nest('D', 'C');
    expect(bench.kinds).toEqual(['circular', 'circular']);
    expect(bench.edges()).toEqual(['A -> B', 'B -> A', 'C -> D', 'D -> C']);
  });

  test('26: behind a common gate lock it cannot happen: reported with that verdict, and raised when the gate goes', () => {
    const bench = new Bench();
    const by = (task: Task, ...names: string[]): void => {
      for (const name of names) bench.validator.acquire(task, bench.lock(name));
      for (const name of names.reverse()) bench.validator.release(task, bench.lock(name));
    };
    const [one, two] = [bench.validator.task('one'), bench.validator.task('two')];
    by(one, 'G', 'A', 'B');
    by(two, 'G', 'B', 'A');
    expect(bench.validator.reports).toMatchObject([{ kind: 'circular', verdict: { kind: 'gated' } }]);
    by(one, 'A', 'B');
    by(two, 'B', 'A');
    expect(bench.validator.reports).toMatchObject([{ kind: 'circular', verdict: { kind: 'possible' } }]);
  });

  test('20: locks of one wound/wait class nest under their context, and only there', () => {
    const bench = new Bench();
    const wwClass = new WwClass('ww');
    const [one, two] = [new WwMutex(bench.validator, wwClass, 'one'), new WwMutex(bench.validator, wwClass, 'two')];
    const context = new WwContext(bench.validator, wwClass, 'context');
    context.init(bench.task);
    context.lock(bench.task, one, 'ok');
    context.lock(bench.task, two, 'ok');
    expect(bench.kinds).toEqual([]);
    const plain = new Bench();
    for (const mutex of [new WwMutex(plain.validator, wwClass, 'one'), new WwMutex(plain.validator, wwClass, 'two')]) {
      wwLockPlain(plain.validator, plain.task, mutex, 'ok', false);
    }
    expect(plain.kinds).toEqual(['recursive']);
  });
});
