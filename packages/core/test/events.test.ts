/** Reports and events as they reach their listeners, and what a listener that throws leaves behind. */
import { describe, expect, test } from 'vitest';
import { LockKey, LockReportError, type Report, rules, Validator } from '../src/index.ts';
import { Scene } from './scene.ts';

describe('listeners of reports', () => {
  test('onReport and every subscriber get each report once, when it is new', () => {
    const given: string[] = [];
    const scene = new Scene({ onReport: (report) => void given.push(`option ${report.kind}`) });
    const stop = scene.validator.subscribe((report) => void given.push(`first ${report.kind}`));
    scene.validator.subscribe((report) => void given.push(`second ${report.kind}`));
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B W(B) W(A) -A -B');
    expect(given).toEqual(['option circular', 'first circular', 'second circular']);
    stop();
    scene.run('-A');
    expect(given.slice(3)).toEqual(['option bad-unlock', 'second bad-unlock']);
  });

  test('a report whose verdict rises is told again, the same one', () => {
    const told: [Report, string][] = [];
    const scene = new Scene({ onReport: (report) => void told.push([report, report.level]) });
    scene.run('W(G) W(A) W(B) -B -A -G', 'one');
    scene.run('W(G) W(B) W(A) -A -B -G', 'two');
    scene.run('W(A) W(B) -B -A', 'one');
    scene.run('W(B) W(A) -A -B', 'two');
    expect(told.map(([, level]) => level)).toEqual(['note', 'warning']);
    expect(new Set(told.map(([report]) => report)).size).toBe(1);
    expect(scene.validator.reports).toHaveLength(1);
  });

  test('reports are plain data with the rule of their kind', () => {
    const scene = new Scene();
    scene.run('W(A1) W(A2) W(B<N) -C irq{ W(A1)');
    expect(scene.kinds().length).toBeGreaterThan(3);
    for (const report of scene.validator.reports) {
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      expect(report.rule).toBe(rules[report.kind].id);
      expect(report.fingerprint).toMatch(new RegExp(`^${report.rule}-[0-9a-f]{14}$`));
    }
  });

  test('rule ids are those of the manual: LD1 to LD18, each once', () => {
    const ids = Object.values(rules).map(({ id }) => Number(id.slice(2)));
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: ids.length }, (_, at) => at + 1));
  });
});

describe("onReport: 'throw'", () => {
  const throwing = (): Scene => new Scene({ onReport: 'throw' });

  test('the event that causes a report throws it, and it is collected as well', () => {
    const scene = throwing();
    scene.run('W(A) W(B) -B -A W(B)');
    expect(() => scene.run('W(A)')).toThrow(LockReportError);
    expect(scene.kinds()).toEqual(['circular']);
    try {
      scene.run('-X');
    } catch (error) {
      expect(error).toMatchObject({ name: 'LockReportError', report: { kind: 'bad-unlock', rule: 'LD3' } });
      expect(String(error)).toContain('LD3: release of X');
    }
  });

  test('the lock whose acquisition threw is not held; the others still are', () => {
    const scene = throwing();
    scene.run('W(A) W(B) -B -A W(B)');
    expect(() => scene.run('W(A)')).toThrow(LockReportError);
    expect(scene.validator.heldLocks().flatMap(({ held }) => held.map(({ lock }) => lock))).toEqual(['B']);
    expect(scene.run('-B')).toEqual(['circular']);
    expect(scene.validator.heldLocks()).toEqual([]);
  });

  test('the same thing a second time does not throw, another one does', () => {
    const scene = throwing();
    scene.run('W(A) W(B) -B -A W(B)');
    expect(() => scene.run('W(A)')).toThrow(LockReportError);
    expect(() => scene.run('W(A) -A -B')).not.toThrow();
    expect(() => scene.run('W(C) W(C)')).toThrow('LD1');
    expect(scene.reports('circular')[0]?.count).toBe(2);
  });

  test('the event is done before it throws: all orders are learned, all entries put back', () => {
    const scene = throwing();
    scene.run('W(A) W(B) -B -A W(L) R(B)');
    expect(() => scene.run('W(A)')).toThrow(LockReportError);
    expect(scene.dependencies()).toContain('L→A'); // beyond B, which closed the circle
    expect(() => scene.run('-B -L W(A) W(L)')).toThrow(LockReportError);
    scene.run('-A');

    const held = (): string[] => scene.validator.heldLocks().flatMap((task) => task.held.map(({ lock }) => lock));
    scene.run('W(N) W(C1) W(D) W(C2<N) W(E)');
    expect(() => scene.run('-N')).toThrow('LD6');
    expect(held()).toEqual(['C1', 'D', 'C2', 'E']);
    expect(() => scene.validator.endTask(scene.task())).toThrow('LD5');
    expect(held()).toEqual([]);
    scene.validator.engine.order.checkInvariants();
  });

  test('a recorder sees the refused acquisition taken back', () => {
    const scene = throwing();
    scene.run('W(A) W(B) -B -A W(B)');
    const seen: string[] = [];
    scene.validator.attach((type, _task, lock) => void seen.push(`${type} ${lock?.label}`));
    expect(() => scene.run('W(A)')).toThrow(LockReportError);
    expect(seen).toEqual(['acquire A', 'cancel A']);
  });

  test('an assertion, and a report made outside any event, throw at once', () => {
    const scene = throwing();
    expect(() => scene.validator.assertHeld(scene.task(), scene.lock('A'))).toThrow('LD13');
    const report = { kind: 'ww-api', message: 'wrong', what: 'wrong' } as const;
    expect(() => scene.validator.engine.report(report, scene.task(), null)).toThrow('LD11');
  });
});

describe('listening to events', () => {
  test('every event, with its arguments, after the validator has taken it in', () => {
    const validator = new Validator({ sites: false });
    const seen: unknown[] = [];
    const lock = validator.lock(new LockKey({ name: 'A' }), { label: 'a' });
    const stop = validator.attach((type, task, about, how, nest, _site, extra) => {
      seen.push([
        type,
        task.name,
        about?.label ?? null,
        how,
        nest?.label ?? null,
        extra?.context ?? extra?.other?.name ?? null,
      ]);
    });
    const [one, two] = [validator.task('one'), validator.task('two')];
    validator.acquire(one, lock, { mode: 'read', subclass: 1 });
    validator.contended(one, lock);
    validator.acquired(one, lock);
    validator.transfer(one, two, lock);
    validator.release(two, lock);
    validator.enterContext(one, 'hardirq', { threaded: true });
    validator.exitContext(one, 'hardirq');
    validator.disableContext(one, 'softirq');
    validator.enableContext(one, 'softirq');
    validator.initLock(one, lock);
    validator.disposeLock(one, lock);
    validator.endTask(one);
    stop();
    validator.acquire(two, lock);
    expect(seen).toEqual([
      ['begin-task', 'one', null, 0, null, null],
      ['begin-task', 'two', null, 0, null, null],
      ['acquire', 'one', 'a', 257, null, null],
      ['contended', 'one', 'a', 0, null, null],
      ['acquired', 'one', 'a', 0, null, null],
      ['transfer', 'one', 'a', 0, null, 'two'],
      ['release', 'two', 'a', 0, null, null],
      ['enter-context', 'one', null, 1, null, 'hardirq'],
      ['exit-context', 'one', null, 0, null, 'hardirq'],
      ['disable-context', 'one', null, 0, null, 'softirq'],
      ['enable-context', 'one', null, 0, null, 'softirq'],
      ['init', 'one', 'a', 0, null, null],
      ['dispose', 'one', 'a', 0, null, null],
      ['end-task', 'one', null, 0, null, null],
    ]);
  });

  test('one recorder at a time; a second is told so', () => {
    const validator = new Validator();
    const stop = validator.attach(() => {});
    expect(() => validator.attach(() => {})).toThrow('detach the other listener first');
    stop();
    expect(() => validator.attach(() => {})).not.toThrow();
  });

  test('a recorded run put into another validator gives the same graph and the same reports', () => {
    const scene = new Scene();
    const replay = new Validator({ sites: false });
    const tasks = new Map<string, ReturnType<Validator['task']>>();
    const locks = new Map<string, ReturnType<Validator['lock']>>();
    scene.validator.attach((type, task, lock, how, nest) => {
      if (!tasks.has(task.name)) tasks.set(task.name, replay.task(task.name));
      const twin = (each: NonNullable<typeof lock>): ReturnType<Validator['lock']> => {
        if (!locks.has(each.label)) locks.set(each.label, replay.lock(each.key, { label: each.label }));
        return locks.get(each.label)!;
      };
      const at = tasks.get(task.name)!;
      if (type === 'acquire') replay.acquire(at, twin(lock!), how, nest === null ? null : twin(nest));
      else if (type === 'release') replay.release(at, twin(lock!));
      else if (type === 'downgrade') replay.downgrade(at, twin(lock!));
    });
    scene.run('W(A) W(B) -A -B W(N) W(C1) W(D) W(C2<N) -N -C1 -C2 -D', 'one');
    scene.run('r(B) W(A) d(A) R(D) -B -A -D', 'two');
    expect(replay.reports.map(({ fingerprint }) => fingerprint)).toEqual(
      scene.validator.reports.map(({ fingerprint }) => fingerprint),
    );
    const edges = (validator: Validator): string[] =>
      validator
        .graph()
        .mapEdges((_edge, { modes, distance }, from, to) => `${from} ${to} ${modes} ${distance}`)
        .sort();
    expect(edges(replay)).toEqual(edges(scene.validator));
  });
});

describe('off and on', () => {
  test('inside, a task’s events are not seen; what it held before can still be released', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B)');
    scene.validator.off(scene.task());
    scene.run('W(A) -A W(C) -C -B -Z');
    scene.validator.on(scene.task());
    expect(scene.kinds()).toEqual([]);
    expect(scene.validator.heldLocks()).toEqual([]);
    expect(scene.run('W(B) W(A)')).toEqual(['circular']);
  });

  test('it nests, and is one task’s alone', () => {
    const scene = new Scene();
    scene.validator.off(scene.task('quiet'));
    scene.validator.off(scene.task('quiet'));
    scene.validator.on(scene.task('quiet'));
    expect(scene.run('W(A) W(A)', 'quiet')).toEqual([]);
    expect(scene.run('W(A) W(A)', 'other')).toEqual(['recursive']);
    scene.validator.on(scene.task('quiet'));
    scene.validator.on(scene.task('quiet')); // once too often
    expect(scene.run('W(B) W(B)', 'quiet')).toEqual(['recursive', 'recursive']);
  });
});

describe('validator.graph()', () => {
  test('classes as nodes, dependencies as edges, ranks from outermost to innermost', () => {
    const scene = new Scene().class('M', { kind: 'mutex' });
    scene.run('W(M) W(A) W(C) -C -A -M W(M) R(B) W(C) -C -B -M', 'worker');
    const graph = scene.validator.graph();
    expect(graph.mapNodes((node, { rank, kind }) => [node, rank, kind])).toEqual([
      ['M', 0, 'mutex'],
      ['A', 1, 'lockmap'],
      ['C', 2, 'lockmap'],
      ['B', 1, 'lockmap'],
    ]);
    expect(graph.getEdgeAttributes('M', 'C')).toMatchObject({ modes: 'EN', distance: 2, back: false, task: 'worker' });
    expect(graph.getEdgeAttributes('M', 'B')).toMatchObject({ modes: 'ER', distance: 1 });
  });

  test('a closing dependency is marked, and disturbs no rank', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(C) -C -B W(C) W(A) -A -C');
    const graph = scene.validator.graph();
    expect(graph.mapNodes((node, { rank }) => `${node}${rank}`)).toEqual(['A0', 'B1', 'C2']);
    expect(graph.filterEdges((_edge, { back }) => back).map((edge) => graph.extremities(edge))).toEqual([['C', 'A']]);
  });

  test('classes named like the keys of every object', () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];
    const scene = new Scene();
    for (const [at, name] of names.entries()) {
      const next = names[(at + 1) % names.length]!;
      scene.run(`W(${name}) W(${next}) -${next} -${name}`);
    }
    expect(scene.kinds()).toEqual(['circular']);
    expect(scene.reports('circular')[0]?.cycle.map(({ from }) => from.name)).toEqual(['valueOf', ...names.slice(0, 4)]);
    const graph = scene.validator.graph();
    expect(graph.mapNodes((_node, { name, rank }) => [name, rank])).toEqual(names.map((name, at) => [name, at]));
    expect(graph.size).toBe(5);
    expect(graph.export().edges).toHaveLength(5);
  });

  test('a diamond of 40 layers is drawn at once', () => {
    const scene = new Scene();
    for (let layer = 0; layer < 40; layer++) {
      for (const [from, to] of ['LR', 'RL', 'LL', 'RR']) {
        scene.run(`W(${from}${layer}x) W(${to}${layer + 1}x) -${to}${layer + 1}x -${from}${layer}x`);
      }
    }
    expect(scene.validator.graph().getNodeAttribute('L40x', 'rank')).toBe(40);
    expect(scene.kinds()).toEqual([]);
  });
});
