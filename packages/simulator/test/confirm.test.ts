import type { CircularReport } from '@lockdep/core';
import { Completion, Mutex } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import {
  type Confirmation,
  compileProgram,
  confirm,
  confirmAll,
  confirmAllAsync,
  confirmAsync,
  explore,
  type Program,
  replay,
  type Simulation,
} from '../src/index.ts';
import type { NotationProgram } from '../src/notation/program-file.ts';
import { asAsync, asGenerators, isTranslatable } from './interpret.ts';
import { program, programs } from './programs.ts';

/** A confirmed report proves itself: replayed, its schedule ends in that deadlock. */
function check({ verdict, failure, report }: Confirmation, subject: Program): void {
  expect(failure !== undefined).toBe(verdict === 'confirmed');
  if (failure === undefined) return;
  const again = replay(subject, failure.schedule);
  expect(again.divergence).toBeNull();
  expect(again.verdict).toBe('deadlock');
  const classes = report.kind === 'circular' ? report.cycle.map(({ from }) => from.name) : [report.holding.class.name];
  expect(new Set(failure.waits.map(({ object }) => object)).isSubsetOf(new Set(classes))).toBe(true);
  for (const [at, { task }] of failure.waits.entries()) expect(failure.waits.at(at - 1)!.heldBy).toContain(task);
}

const answers = (subject: Program, more = {}): Confirmation[] => confirmAll(subject, more);

describe('the oracle programs', () => {
  const withCycle = programs.filter((each) => 'lockOrderCycle' in each);

  test('there are five that were made for their circle, three of which no schedule closes', () => {
    expect(withCycle.map(({ id }) => id).sort()).toEqual([
      'abba_flag_branch',
      'abba_flag_ordered',
      'abba_gate',
      'abba_gate_rw_shared',
      'abba_spawn_ordered',
    ]);
  });

  test.each(withCycle.map((each) => [each.id, each] as const))(
    '%s: the report is decided as the oracle has it',
    (_, each) => {
      const found = answers(compileProgram(each));
      expect(found.map(({ verdict }) => verdict)).toEqual([each.expect === 'deadlock' ? 'confirmed' : 'refuted']);
      for (const confirmation of found) check(confirmation, compileProgram(each));
    },
  );

  test.each([
    [
      'abba_gate',
      'gate',
      't1 and t2 ask while holding G, which keeps them apart: none of all 2 interleavings ends in it',
    ],
    ['abba_spawn_ordered', 'order', 't1 asks for B only after main has got A'],
    ['abba_flag_ordered', 'search', 'the only interleaving does not end in it'],
  ])('%s is refuted by %s', (id, by, reason) => {
    const [found] = answers(compileProgram(program(id)));
    expect(found).toMatchObject({ verdict: 'refuted', by, reason: expect.stringContaining(reason) });
  });

  test.each(programs.filter(({ expect: verdict }) => verdict !== 'fail').map((each) => [each.id, each] as const))(
    '%s: nothing is confirmed that does not happen, nothing left open',
    (_, each) => {
      const found = answers(compileProgram(each), { runs: 3 });
      for (const confirmation of found) {
        expect(confirmation.verdict).not.toBe('unconfirmed');
        if (each.expect === 'ok') expect(confirmation.verdict).toBe('refuted');
        check(confirmation, compileProgram(each));
      }
    },
  );

  // What steering alone does, without ordinary runs having come to it or a run reordered.
  test.each(['abba', 'abba_gate_rw_shared', 'abc_cycle3', 'dining_5', 'bank_transfer_unordered', 'rw_abba_read_write'])(
    '%s: steering alone confirms it at the first attempt, from whatever seed',
    (id) => {
      for (let seed = 1; seed <= 50; seed++) {
        const found = answers(compileProgram(program(id)), {
          runs: 1,
          means: ['steering'],
          attempts: 1,
          seed,
          minimise: 0,
        });
        expect(found.map(({ verdict, by }) => `${verdict} ${by}`)).toEqual(['confirmed steering']);
      }
    },
  );
});

describe('the same with locks of @lockdep/locks', () => {
  const chosen = ['abba', 'abba_gate', 'abba_flag_ordered', 'abc_cycle3', 'rw_abba_fair_third_party'];

  test.each(chosen.filter((id) => isTranslatable(program(id))))(
    '%s as generators, and as async functions',
    async (id) => {
      const each: NotationProgram & { expect?: string } = program(id);
      const verdict = each.expect === 'deadlock' ? 'confirmed' : 'refuted';
      const found = confirmAll(asGenerators(each));
      expect(found.map((confirmation) => confirmation.verdict)).toEqual([verdict]);
      for (const confirmation of found) check(confirmation, asGenerators(each));
      const awaited = await confirmAllAsync(asAsync(each));
      expect(awaited.map((confirmation) => confirmation.verdict)).toEqual([verdict]);
      expect(awaited[0]!.failure?.minPreemptions).toBe(found[0]!.failure?.minPreemptions);
    },
  );
});

describe('one report', () => {
  const abba = compileProgram(program('abba'));

  test('a report of an exploration, or its fingerprint', () => {
    const report = explore(abba).reports.find(({ kind }) => kind === 'circular')!;
    const one = confirm(abba, report);
    expect(one).toMatchObject({ verdict: 'confirmed', report });
    expect(one.failure).toMatchObject({ kind: 'deadlock', minPreemptions: 1, minimal: true });
    expect(one.failure!.diagram).toMatch(/blocked: wants B \(held by t2\)/);
    expect(confirm(abba, report.fingerprint).report.fingerprint).toBe(report.fingerprint);
  });

  test('equal seeds, equal answers', () => {
    const plain = ({ ms: _, report, ...rest }: Confirmation) => ({ ...rest, of: report.fingerprint });
    const once = answers(compileProgram(program('dining_4')), { seed: 7 }).map(plain);
    expect(answers(compileProgram(program('dining_4')), { seed: 7 }).map(plain)).toEqual(once);
  });

  test('a fingerprint that no run shows, and a report that is about no order', () => {
    expect(() => confirm(abba, 'LD2-00000000000000')).toThrow(
      /no run of the program shows a report LD2-00000000000000/,
    );
    const report = { kind: 'bad-unlock' } as never;
    expect(() => confirm(abba, report)).toThrow(/'bad-unlock' is not about the order of locks/);
  });

  test('a report of another program is not refuted by trying all interleavings of this one', () => {
    const report = explore(compileProgram(program('dining_3'))).reports.find(({ kind }) => kind === 'circular')!;
    const { verdict, reason } = confirm(abba, report);
    expect(verdict).toBe('unconfirmed');
    expect(reason).toContain("the program has no lock of class 'f[");
  });

  test('a budget that ends: how near it came', () => {
    const flag = compileProgram(program('abba_flag_ordered'));
    const [found] = answers(flag, { budget: { executions: 0 } });
    expect(found).toMatchObject({ verdict: 'unconfirmed', by: 'budget' });
    expect(found!.closest).toMatchObject({ paused: [expect.stringMatching(/^t[12] at 'lock [AB]' holding [AB]$/)] });
    expect(found!.closest!.released).not.toBeNull();
  });
});

describe('what a circle of classes leaves open', () => {
  /** Two objects of two classes each; the tasks take those of one, or of both. */
  const instances =
    (second: number) =>
    (sim: Simulation): void => {
      const make = (name: string) => [0, 1].map((at) => new Mutex({ name, label: `${name}${at}` }));
      const [inode, page] = [make('inode'), make('page')];
      const nest = (outer: Mutex, inner: Mutex) =>
        function* () {
          yield* outer.acquire();
          yield* inner.acquire();
          yield* inner.release();
          yield* outer.release();
        };
      sim.task('one', nest(inode[0]!, page[0]!));
      sim.task('two', nest(page[second]!, inode[second]!));
    };

  test('instances that never meet: refuted; the same ones: confirmed', () => {
    expect(answers(instances(1)).map(({ verdict }) => verdict)).toEqual(['refuted']);
    const [found] = answers(instances(0));
    expect(found!.verdict).toBe('confirmed');
    expect((found!.report as CircularReport).cycle.map(({ from }) => from.name).sort()).toEqual(['inode', 'page']);
    expect(found!.failure!.waits.map(({ object }) => object).sort()).toEqual(['inode0', 'page0']);
  });

  test('one class taken twice: confirmed where two tasks take its instances crosswise, refuted where all do alike', () => {
    const crosswise = (turned: boolean) => (sim: Simulation) => {
      const [a, b] = [0, 1].map((at) => new Mutex({ name: 'account', label: `account ${at}` })) as [Mutex, Mutex];
      const transfer = (from: Mutex, to: Mutex) =>
        function* () {
          yield* from.acquire();
          yield* to.acquire();
          yield* to.release();
          yield* from.release();
        };
      sim.task('one', transfer(a, b));
      sim.task('two', turned ? transfer(b, a) : transfer(a, b));
    };
    expect(answers(crosswise(true))).toMatchObject([{ report: { kind: 'recursive' }, verdict: 'confirmed' }]);
    expect(answers(crosswise(false))).toMatchObject([{ report: { kind: 'recursive' }, verdict: 'refuted' }]);
  });

  test('a circle through an event: whoever promised it wants what the waiter holds', () => {
    const subject =
      (isTold: boolean) =>
      (sim: Simulation): void => {
        const [lock, done] = [new Mutex({ name: 'lock' }), new Completion({ name: 'done' })];
        sim.task('waiter', function* () {
          yield* lock.acquire();
          yield* done.wait();
          yield* lock.release();
        });
        sim.task('worker', function* () {
          yield* done.claim();
          if (isTold) yield* done.complete();
          yield* lock.acquire();
          yield* lock.release();
          if (!isTold) yield* done.complete();
        });
      };
    const [found] = answers(subject(false));
    expect(found).toMatchObject({ report: { kind: 'circular', layer: 'event' }, verdict: 'confirmed' });
    expect(found!.failure!.waits.map(({ object }) => object).sort()).toEqual(['done', 'lock']);
    expect(answers(subject(true))).toEqual([]);
  });

  test('another deadlock of the program is told, and confirms nothing', () => {
    const subject = (sim: Simulation): void => {
      const [a, b, gate] = [sim.mutex('A'), sim.mutex('B'), sim.mutex('G')];
      const nest = (outer: typeof a, inner: typeof a) =>
        function* () {
          yield* gate.acquire();
          yield* outer.acquire();
          yield* inner.acquire();
          yield* inner.release();
          yield* outer.release();
          yield* gate.release();
        };
      sim.task('one', nest(a, b));
      sim.task('two', nest(b, a));
      const never = sim.completion('never');
      sim.task('three', function* () {
        yield* never.wait();
      });
    };
    const [found] = answers(subject);
    expect(found).toMatchObject({ verdict: 'refuted', by: 'gate' });
    expect(found!.reason).toContain('another deadlock is possible (three waits for wait for never)');
  });
});

test('an async program, one report', async () => {
  const subject = (sim: Simulation): void => {
    const [a, b] = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
    const nest = (outer: Mutex, inner: Mutex) => async () => {
      await outer.acquire();
      await inner.acquire();
      inner.release();
      outer.release();
    };
    sim.task('one', nest(a, b));
    sim.task('two', nest(b, a));
  };
  const [all] = await confirmAllAsync(subject);
  expect(all!.verdict).toBe('confirmed');
  expect((await confirmAsync(subject, all!.report.fingerprint)).verdict).toBe('confirmed');
});
