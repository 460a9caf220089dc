/** LD2: a new dependency closes a circle in which everybody can block. */
import { describe, expect, test } from 'vitest';
import { circleFingerprint } from '../src/fingerprint.ts';
import { LockKey, Validator } from '../src/index.ts';
import { kindsOf, Scene } from './scene.ts';

const letters = (count: number): string[] => [...'ABCDEFGH'.slice(0, count)];

/** Shows the dependency of each letter on the next, in rotation from `first`: the last one closes the circle. */
function circle(scene: Scene, names: readonly string[], first: number): void {
  for (let step = 0; step < names.length; step++) {
    const at = (first + step) % names.length;
    const [outer, inner] = [names[at]!, names[(at + 1) % names.length]!];
    scene.run(`W(${outer}) W(${inner}) -${inner} -${outer}`, `task ${outer}`);
  }
}

describe('LD2 circular: circles of any length', () => {
  for (let length = 2; length <= 6; length++) {
    test(`${length} classes: reported at the last dependency, whichever that is, under one fingerprint`, () => {
      const names = letters(length);
      for (let first = 0; first < length; first++) {
        const scene = new Scene();
        circle(scene, names, first);
        const [report] = scene.reports('circular');
        expect(scene.kinds()).toEqual(['circular']);
        expect(report?.fingerprint).toBe(circleFingerprint(names));
        expect(report?.rule).toBe('LD2');
        const last = names[(first + length - 1) % length]!;
        expect(report).toMatchObject({ holding: { class: { name: last } }, want: { class: { name: names[first] } } });
        expect(report?.cycle.map(({ from }) => from.name)).toEqual([
          last,
          ...names
            .toSpliced(0, 0)
            .map((_, at) => names[(first + at) % length]!)
            .slice(0, -1),
        ]);
      }
    });
  }

  test('the nearest circle is reported', () => {
    const scene = new Scene();
    for (const [outer, inner] of ['AB', 'BC', 'CD', 'AD'])
      scene.run(`W(${outer}) W(${inner}) -${inner} -${outer}`, `task ${outer}${inner}`);
    scene.run('W(D) W(A)', 'closing');
    expect(scene.reports('circular').map(({ cycle }) => cycle.map(({ from }) => from.name))).toEqual([['D', 'A']]);
  });

  test('one of 300 classes', () => {
    const scene = new Scene();
    const names = Array.from({ length: 300 }, (_, at) => `N${at}x`);
    circle(scene, names, 0);
    expect(scene.reports('circular')[0]?.cycle).toHaveLength(300);
  });
});

describe('LD2 circular: the report', () => {
  /** Line of the caller. */
  const line = (): number => Number(/:(\d+):\d+\)?$/.exec(new Error('here').stack!.split('\n')[2]!)![1]);

  test('hops with both sites in this file, instances, tasks and modes; only hop 0 is new', () => {
    const validator = new Validator();
    const [a, b] = ['A', 'B'].map((name) =>
      validator.lock(new LockKey({ name, kind: 'rwsem' }), { label: `${name}-lock` }),
    );
    const [one, two] = [validator.task('one'), validator.task('two')];
    const sites = [
      [line(), validator.acquire(one, a!)],
      [line(), validator.acquire(one, b!, { mode: 'read' })],
    ];
    validator.release(one, b!);
    validator.release(one, a!);
    sites.push([line(), validator.acquire(two, b!)], [line(), validator.acquire(two, a!)]);
    const lines = sites.map(([at]) => at);
    const [report] = validator.reports;
    if (report?.kind !== 'circular') throw new Error('expected a circular report');
    const place = (frame: (typeof report.site.frames)[number] | undefined): unknown => [
      frame?.file?.endsWith('circular.test.ts'),
      frame?.line,
    ];
    expect(report.cycle).toMatchObject([
      {
        isNew: true,
        task: 'two',
        from: { name: 'B', kind: 'rwsem' },
        to: { name: 'A' },
        heldMode: 'write',
        wantMode: 'write',
        outerLock: 'B-lock',
        innerLock: 'A-lock',
      },
      {
        isNew: false,
        task: 'one',
        from: { name: 'A' },
        to: { name: 'B' },
        heldMode: 'write',
        wantMode: 'read',
        outerLock: 'A-lock',
        innerLock: 'B-lock',
      },
    ]);
    expect(
      report.cycle.map(({ outerSite, innerSite }) => [place(outerSite.frames[0]), place(innerSite.frames[0])]),
    ).toEqual([
      [
        [true, lines[2]],
        [true, lines[3]],
      ],
      [
        [true, lines[0]],
        [true, lines[1]],
      ],
    ]);
    expect(place(report.site.frames[0])).toEqual([true, lines[3]]);
    expect(report.held.map(({ lock }) => lock)).toEqual(['B-lock']);
    expect(structuredClone(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  test('a dependency is shown as it was when it got the strength that closes the circle', () => {
    const scene = new Scene();
    scene.run('R(A) R(B) -B -A', 'harmless');
    scene.run('W(A) W(B) -B -A', 'writer');
    scene.run('W(B) W(A) -A -B', 'closing');
    expect(
      scene.reports('circular')[0]?.cycle.map(({ task, heldMode, wantMode }) => [task, heldMode, wantMode]),
    ).toEqual([
      ['closing', 'write', 'write'],
      ['writer', 'write', 'write'],
    ]);
  });

  test('recurring raises the count, of this report only', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B W(C) W(D) -D -C W(D) W(C) -C -D');
    for (let round = 2; round <= 5; round++) {
      scene.run('W(B) W(A) -A -B');
      expect(scene.reports('circular').map(({ count }) => count)).toEqual([round, 1]);
    }
    scene.run('W(A) W(B) -B -A'); // the legal direction is no recurrence
    expect(scene.reports('circular').map(({ count }) => count)).toEqual([5, 1]);
  });

  test('the same circle from another chain is the same report', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B W(X) W(B) W(A) -A -B -X');
    expect(scene.reports('circular')).toHaveLength(1);
  });

  test('messages carry no numbers of instances', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B');
    expect(scene.reports('circular')[0]?.message).not.toMatch(/#|\d/);
  });
});

describe('LD2 circular: validation goes on', () => {
  test('50 distinct inversions are all reported, each once, and so is the 51st', () => {
    const scene = new Scene();
    const pairs = Array.from({ length: 50 }, (_, at) => [`P${at}x`, `Q${at}x`] as const);
    for (const [p, q] of pairs) scene.run(`W(${p}) W(${q}) -${q} -${p}`);
    for (const [p, q] of pairs) scene.run(`W(${q}) W(${p}) -${p} -${q}`);
    expect(scene.kinds()).toEqual(pairs.map(() => 'circular'));
    expect(new Set(scene.reports('circular').map(({ fingerprint }) => fingerprint)).size).toBe(50);
    scene.validator.engine.order.checkInvariants();
    scene.run('W(Y) W(Z) -Z -Y W(Z) W(Y) -Y -Z');
    expect(scene.kinds()).toHaveLength(51);
  });

  test('orders that are fine stay unreported in a graph full of circles', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B W(B) W(C) -C -B W(C) W(B) -B -C');
    const before = scene.kinds().length;
    scene.run('W(A) W(X) W(Y) -Y -X -A W(X) W(Y) -Y -X W(C) W(X) -X -C');
    expect(scene.kinds()).toHaveLength(before);
  });

  test('a report of one kind does not hide another kind', () => {
    const kinds = kindsOf('W(A) W(B) -B -A W(B) W(A) -A -B W(C1) W(C2) -C2 -C1 -D irq{ W(E) -E }irq W(E)');
    expect(kinds).toEqual(['circular', 'recursive', 'bad-unlock', 'inconsistent-state']);
  });
});
