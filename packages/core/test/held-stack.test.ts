/** The held stack: releases in any order, downgrade, hand-over, freeing, the end of a task, and tasks forked under held locks. */
import { describe, expect, test } from 'vitest';
import { kindsOf, Scene } from './scene.ts';

const heldBy = (scene: Scene, task: string): string[] =>
  scene.validator
    .heldLocks()
    .filter((each) => each.task === task)
    .flatMap(({ held }) => held.map(({ lock, mode }) => `${lock} ${mode}`));

describe('LD3 bad-unlock', () => {
  test('releases in any order are legal, and every order of three leaves nothing held', () => {
    for (const order of ['A B C', 'A C B', 'B A C', 'B C A', 'C A B', 'C B A']) {
      const scene = new Scene();
      scene.run(`W(A) W(B) W(C) ${order.replaceAll(/(\w)/g, '-$1')}`);
      expect(scene.kinds(), order).toEqual([]);
      expect(scene.validator.heldLocks(), order).toEqual([]);
    }
  });

  test('what was above is acquired again, in its mode, with its flags, over what is below now', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) r(C) tryW(D) uncheckedW(E) R(F) -B');
    expect(heldBy(scene, 'main')).toEqual(['A write', 'C read', 'D write', 'E write', 'F recursive-read']);
    expect(scene.dependencies()).toEqual(['A→B', 'A→C', 'B→C', 'C→F', 'D→F']);
    const known = new Scene();
    known.run('W(A) W(C) -C -A W(A) W(B) W(C) -B -C -A');
    expect(known.validator.stats().chains).toBe(4); // A, A C, A B, A B C: putting C back met a known chain
  });

  test('of two locks of a class the one named is released; of one taken twice, the inner', () => {
    const scene = new Scene();
    scene.run('R(A1) R(A2) -A1');
    expect(heldBy(scene, 'main')).toEqual(['A2 recursive-read']);
    const twice = new Scene();
    twice.run('r(A) R(A) -A');
    expect(heldBy(twice, 'main')).toEqual(['A read']);
  });

  test('of nothing, of a stranger, twice: reported, and nothing else changes', () => {
    expect(kindsOf('-A')).toEqual(['bad-unlock']);
    expect(kindsOf('W(A) -A -A')).toEqual(['bad-unlock']);
    const scene = new Scene();
    expect(scene.run('W(A) W(B) -C')).toEqual(['bad-unlock']);
    expect(scene.reports('bad-unlock')).toMatchObject([
      { rule: 'LD3', action: 'release', holders: [], lock: { lock: 'C' } },
    ]);
    expect(heldBy(scene, 'main')).toEqual(['A write', 'B write']);
  });

  test('a downgrade needs the lock as well', () => {
    const scene = new Scene();
    expect(scene.run('W(A) d(B)')).toEqual(['bad-unlock']);
    expect(scene.reports('bad-unlock')[0]?.action).toBe('downgrade');
    scene.run('d(A)');
    expect(heldBy(scene, 'main')).toEqual(['A read']);
  });

  test('a downgrade in the middle keeps what is above', () => {
    const scene = new Scene();
    expect(scene.run('W(A) W(B) W(C) d(A)')).toEqual([]);
    expect(heldBy(scene, 'main')).toEqual(['A read', 'B write', 'C write']);
    expect(scene.validator.graph().getEdgeAttribute('A', 'B', 'modes')).toBe('EN,SN');
  });
});

describe('LD3 bad-unlock: hand-over', () => {
  test('a transferred lock is on the taker’s stack, without having been waited for', () => {
    const scene = new Scene();
    scene.run('W(B)', 'taker');
    scene.run('W(A)', 'giver');
    scene.validator.transfer(scene.task('giver'), scene.task('taker'), scene.lock('A'));
    expect(heldBy(scene, 'taker')).toEqual(['B write', 'A write']);
    expect(heldBy(scene, 'giver')).toEqual([]);
    expect(scene.dependencies()).toEqual([]); // nobody waited for A under B
    scene.run('W(C)', 'taker');
    expect(scene.dependencies()).toEqual(['A→C', 'B→C']); // but both order what comes
    scene.run('-C -A -B', 'taker');
    expect(scene.kinds()).toEqual([]);
  });

  test('the giver must hold it, and then is rid of it', () => {
    const scene = new Scene();
    const [giver, taker] = [scene.task('giver'), scene.task('taker')];
    scene.validator.transfer(giver, taker, scene.lock('A'));
    expect(scene.reports('bad-unlock')).toMatchObject([{ action: 'transfer', task: 'giver' }]);
    scene.run('W(A)', 'giver');
    scene.validator.transfer(giver, taker, scene.lock('A'));
    scene.run('-A', 'giver');
    expect(scene.reports('bad-unlock').map(({ action, holders }) => [action, holders])).toEqual([
      ['transfer', []],
      ['release', ['taker']],
    ]);
  });

  test('from the middle of a stack, what was above is put back', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) W(C)', 'giver');
    scene.validator.transfer(scene.task('giver'), scene.task('taker'), scene.lock('B'));
    expect(heldBy(scene, 'giver')).toEqual(['A write', 'C write']);
    expect(scene.dependencies()).toContain('A→C');
  });
});

describe('LD4 held-freed', () => {
  test('initialising or disposing of a lock its task holds', () => {
    const scene = new Scene();
    scene.run('W(G) W(A)');
    scene.validator.initLock(scene.task(), scene.lock('A'));
    scene.validator.disposeLock(scene.task(), scene.lock('G'));
    expect(scene.reports('held-freed')).toMatchObject([
      { rule: 'LD4', action: 'init', lock: { lock: 'A' }, held: [{ lock: 'G' }, { lock: 'A' }] },
      { rule: 'LD4', action: 'dispose', lock: { lock: 'G' } },
    ]);
  });

  test('a lock that is not held, or another of the class that is, is free to go', () => {
    const scene = new Scene();
    scene.run('W(A1)');
    scene.validator.disposeLock(scene.task(), scene.lock('A2'));
    scene.run('-A1');
    scene.validator.initLock(scene.task(), scene.lock('A1'));
    expect(scene.kinds()).toEqual([]);
  });
});

describe('LD5 held-at-exit', () => {
  test('what a task leaves held is named, oldest first, and is released', () => {
    const scene = new Scene();
    scene.run('W(A) r(B)', 'leaver');
    scene.validator.endTask(scene.task('leaver'));
    expect(scene.reports('held-at-exit')).toMatchObject([
      {
        rule: 'LD5',
        task: 'leaver',
        left: [
          { lock: 'A', mode: 'write' },
          { lock: 'B', mode: 'read' },
        ],
      },
    ]);
    expect(scene.validator.heldLocks()).toEqual([]);
    expect(scene.validator.holders(scene.lock('A'))).toEqual([]);
  });

  test('a task that let go of everything ends in silence', () => {
    const scene = new Scene();
    scene.run('W(A) -A', 'tidy');
    scene.validator.endTask(scene.task('tidy'));
    expect(scene.kinds()).toEqual([]);
    expect(scene.validator.stats().tasks).toBe(0);
  });
});

describe('LD2 and LD3: tasks forked under held locks', () => {
  const forked = (held: string, childEvents: string): { scene: Scene; kinds: string[] } => {
    const scene = new Scene();
    scene.run(held, 'parent');
    const child = scene.validator.task('child', { parent: scene.task('parent') });
    for (const event of childEvents.split(' ')) {
      const lock = scene.lock(event.replace('-', ''));
      if (event.startsWith('-')) scene.validator.release(child, lock);
      else scene.validator.acquire(child, lock);
    }
    return { scene, kinds: scene.kinds() };
  };

  test('the parent’s locks order what the child takes', () => {
    const { scene } = forked('W(A)', 'B -B');
    expect(scene.dependencies()).toEqual(['A→B']);
    scene.run('-A W(B) W(A)', 'parent');
    expect(scene.kinds()).toEqual(['circular']);
  });

  test('a child that takes its parent’s lock waits for ever', () => {
    expect(forked('W(A)', 'A').kinds).toEqual(['recursive']);
  });

  test('they stay the parent’s to release, and are not the child’s at its end', () => {
    expect(forked('W(A)', '-A').kinds).toEqual(['bad-unlock']);
    const { scene } = forked('W(A)', 'B -B');
    for (const task of scene.validator.engine.tasks.values()) if (task.name === 'child') scene.validator.endTask(task);
    expect(scene.kinds()).toEqual([]);
    expect(heldBy(scene, 'parent')).toEqual(['A write']);
  });

  test('once the parent lets go they order nothing any more', () => {
    const scene = new Scene();
    scene.run('W(A)', 'parent');
    const child = scene.validator.task('child', { parent: scene.task('parent') });
    scene.run('-A', 'parent');
    scene.validator.acquire(child, scene.lock('B'));
    expect(scene.dependencies()).toEqual([]);
  });

  test('a lock the parent only waits for is not handed down', () => {
    const scene = new Scene();
    scene.run('W(A)', 'holder');
    scene.run('W(A)', 'parent');
    scene.validator.contended(scene.task('parent'), scene.lock('A'));
    const child = scene.validator.task('child', { parent: scene.task('parent') });
    scene.validator.acquire(child, scene.lock('B'));
    expect(scene.dependencies()).toEqual([]);
  });
});
