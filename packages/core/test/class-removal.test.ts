/** Removing classes: their dependencies and chains go with them, their ids and names may come again. */
import { describe, expect, test } from 'vitest';
import { LockKey, Validator } from '../src/index.ts';
import { Scene } from './scene.ts';

describe('zap: what is forgotten', () => {
  test('the class, its dependencies and every chain through it', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) W(C) -C -B -A W(A) W(C) -C -A');
    scene.validator.zap(scene.key('B'));
    expect(scene.validator.classes().map(({ name }) => name)).toEqual(['A', 'C']);
    expect(scene.dependencies()).toEqual(['A→C']);
    expect(scene.validator.stats()).toMatchObject({ classes: 2, dependencies: 1, chains: 2, zappedClasses: 1 });
    scene.validator.engine.order.checkInvariants();
  });

  test('an order it took part in is no order any more', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A');
    scene.validator.zap(scene.key('B'));
    expect(scene.run('W(B) W(A) -A -B')).toEqual([]);
    expect(scene.dependencies()).toEqual(['B→A']);
    expect(scene.run('W(A) W(B)')).toEqual(['circular']);
  });

  test('what was learned without it stays known', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(X) W(Y) -Y -X');
    scene.validator.zap(scene.key('X'));
    expect(scene.run('W(B) W(A)')).toEqual(['circular']);
  });

  test('its usage starts again', () => {
    const scene = new Scene();
    scene.run('irq{ W(A) -A }irq');
    scene.validator.zap(scene.key('A'));
    expect(scene.run('W(A) -A')).toEqual([]);
    expect(scene.run('irq{ W(A)')).toEqual(['inconsistent-state']);
  });

  test('a back edge goes with its class, and the order is exact again', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A W(B) W(A) -A -B');
    expect(scene.validator.stats().backDependencies).toBe(1);
    scene.validator.zap(scene.key('A'));
    expect(scene.validator.stats().backDependencies).toBe(0);
    scene.validator.engine.order.checkInvariants();
  });

  test('one subclass alone', () => {
    const scene = new Scene();
    scene.run('W(A) -A W(A/1) -A W(A/2) -A');
    scene.validator.zapClass(scene.key('A'), 1);
    expect(scene.validator.classes().map(({ name }) => name)).toEqual(['A', 'A/2']);
    scene.validator.zapClass(scene.key('A'), 1); // again: nothing left
    scene.run('W(A/1)');
    expect(
      scene.validator
        .classes()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['A', 'A/1', 'A/2']);
  });

  test('a key never met is no error', () => {
    const scene = new Scene();
    scene.validator.zap(new LockKey({ name: 'stranger' }));
    expect(scene.validator.classes()).toEqual([]);
  });
});

describe('zap: what comes after', () => {
  test('ids are used again, by classes that know nothing of the past', () => {
    const scene = new Scene();
    scene.run('W(A) W(B) -B -A');
    const [, b] = scene.validator.classes();
    scene.validator.zap(scene.key('B'));
    scene.run('W(N) W(A) -A -N');
    const next = scene.validator.classes().find(({ name }) => name === 'N');
    expect(next?.id).toBe(b?.id);
    expect(next?.usageSites.filter((site) => site != null).length).toBeLessThanOrEqual(3);
    expect(scene.kinds()).toEqual([]); // A→B was of another class with this id
    expect(scene.dependencies()).toEqual(['N→A']);
  });

  test('a lock of a removed class brings it back', () => {
    const scene = new Scene();
    scene.run('W(A) -A');
    scene.validator.zap(scene.key('A'));
    scene.run('W(A) W(B) -B -A');
    expect(scene.dependencies()).toEqual(['A→B']);
  });

  test('names: #2 for another key of the name, free again when all its classes are gone', () => {
    const validator = new Validator({ sites: false });
    const task = validator.task('main');
    const named = (name: string): LockKey => {
      const key = new LockKey({ name });
      const lock = validator.lock(key);
      validator.acquire(task, lock);
      validator.release(task, lock);
      return key;
    };
    const keys = [named('A'), named('A'), named('A')];
    expect(validator.classes().map(({ name }) => name)).toEqual(['A', 'A#2', 'A#3']);
    validator.zap(keys[1]!);
    named('A');
    expect(
      validator
        .classes()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['A', 'A#3', 'A#4']);
    const second = validator.lock(keys[2]!);
    validator.acquire(task, second, { subclass: 2 });
    expect(validator.classes().map(({ name }) => name)).toContain('A#3/2');
  });

  test('while a lock of the class is held: the stack stays balanced, and what follows is checked', () => {
    const scene = new Scene();
    scene.run('W(G) W(A) W(B)');
    scene.validator.zap(scene.key('A'));
    expect(scene.run('W(C) -C -B -A -G')).toEqual([]);
    expect(scene.validator.heldLocks()).toEqual([]);
    scene.validator.engine.order.checkInvariants();
    expect(scene.run('W(X) W(Y) -Y -X W(Y) W(X)')).toEqual(['circular']);
  });

  test('while it is held, and its place in the tables is taken by another', () => {
    const scene = new Scene();
    scene.run('W(A)', 'holder');
    scene.validator.zap(scene.key('A'));
    scene.run('W(N) W(M) -M -N', 'other'); // N has the id that A had, its chain the node
    scene.run('W(B) -B -A', 'holder');
    expect(scene.kinds()).toEqual([]);
    expect(scene.dependencies()).not.toContain('N→B');
    scene.run('W(B) W(N)', 'other');
    expect(scene.kinds()).toEqual([]); // N was never held over B
  });

  test('a guard that is gone guards nothing, whatever class gets its id', () => {
    const scene = new Scene();
    scene.run('W(G) W(A) W(B) -B -A -G', 'one');
    scene.validator.zap(scene.key('G'));
    scene.run('W(N) W(B) W(A) -A -B -N', 'two'); // N has the id that G had
    expect(scene.reports('circular')).toMatchObject([{ verdict: { kind: 'possible' } }]);
  });
});
