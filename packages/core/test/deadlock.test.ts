/** LD12: tasks that wait for each other now. */
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

/** Each task takes its first lock; then each in turn waits for its second. */
function waitInTurn(scene: Scene, tasks: readonly (readonly [name: string, has: string, wants: string])[]): void {
  for (const [name, has] of tasks) scene.run(has, name);
  for (const [name, , wants] of tasks) {
    scene.run(wants, name);
    scene.validator.contended(scene.task(name), scene.lock(wants.slice(2, -1)));
  }
}

const waits = (scene: Scene): string[][] =>
  scene
    .reports('deadlock')
    .map((report) => report.waits.map(({ task, wants, heldBy }) => `${task} wants ${wants.lock} of ${heldBy}`));

describe('LD12 deadlock', () => {
  test('two tasks: reported when the second blocks, with who holds what', () => {
    const scene = new Scene();
    waitInTurn(scene, [
      ['one', 'W(A)', 'W(B)'],
      ['two', 'W(B)', 'W(A)'],
    ]);
    expect(scene.kinds()).toEqual(['circular', 'deadlock']);
    expect(waits(scene)).toEqual([['two wants A of one', 'one wants B of two']]);
    expect(scene.reports('deadlock')[0]).toMatchObject({ rule: 'LD12', level: 'error', task: 'two' });
  });

  test('three tasks in a ring, and a fourth that only waits for them', () => {
    const scene = new Scene();
    scene.run('W(D)', 'bystander');
    waitInTurn(scene, [
      ['one', 'W(A)', 'W(B)'],
      ['two', 'W(B)', 'W(C)'],
      ['three', 'W(C)', 'W(A)'],
    ]);
    expect(waits(scene)).toEqual([['three wants A of one', 'one wants B of two', 'two wants C of three']]);
    scene.run('W(A)', 'bystander');
    scene.validator.contended(scene.task('bystander'), scene.lock('A'));
    expect(scene.reports('deadlock')).toHaveLength(1); // it is not part of the ring
  });

  test('readers: each holds what the other wants to write', () => {
    const scene = new Scene();
    waitInTurn(scene, [
      ['one', 'r(A)', 'W(B)'],
      ['two', 'r(B)', 'W(A)'],
    ]);
    expect(waits(scene)).toEqual([['two wants A of one', 'one wants B of two']]);
  });

  test('a writer waits for all its readers; one of them in the ring is enough', () => {
    const scene = new Scene();
    scene.run('r(B)', 'idle reader');
    waitInTurn(scene, [
      ['one', 'W(A)', 'W(B)'],
      ['two', 'r(B)', 'W(A)'],
    ]);
    expect(waits(scene)).toEqual([['two wants A of one', 'one wants B of two']]);
  });

  test('two upgraders of one lock', () => {
    const scene = new Scene();
    scene.run('r(A)', 'one');
    scene.run('r(A)', 'two');
    for (const name of ['one', 'two']) {
      scene.run('W(A)', name);
      scene.validator.contended(scene.task(name), scene.lock('A'));
    }
    expect(scene.kinds()).toContain('recursive');
    expect(scene.reports('deadlock').length).toBeGreaterThan(0);
  });

  test('a queued writer: the readers behind it wait for the one in front, as the lock says', () => {
    const scene = new Scene();
    const { validator } = scene;
    const [one, two, writer] = ['one', 'two', 'writer'].map((name) => scene.task(name));
    scene.run('r(A)', 'one');
    scene.run('r(B)', 'two');
    scene.run('W(A)', 'writer');
    validator.contended(writer!, scene.lock('A'), () => [one!]);
    scene.run('r(A)', 'two'); // behind the writer, who waits for one
    validator.contended(two!, scene.lock('A'), () => [writer!]);
    expect(scene.reports('deadlock')).toEqual([]);
    scene.run('W(B)', 'one');
    const report = validator.contended(one!, scene.lock('B'), () => [two!]);
    expect(report?.kind).toBe('deadlock');
    expect(waits(scene)).toEqual([['one wants B of two', 'two wants A of writer', 'writer wants A of one']]);
    expect(report?.message).toContain('behind writer');
  });

  test('a wait that ends, or is given up, is no part of one', () => {
    const scene = new Scene();
    const { validator } = scene;
    scene.run('W(A)', 'one');
    scene.run('W(B) W(A)', 'two');
    validator.contended(scene.task('two'), scene.lock('A'));
    scene.run('-A', 'one');
    validator.acquired(scene.task('two'), scene.lock('A'));
    scene.run('W(B)', 'one');
    validator.contended(scene.task('one'), scene.lock('B'));
    expect(scene.reports('deadlock')).toEqual([]);
    validator.cancel(scene.task('one'), scene.lock('B'));
    expect(validator.heldLocks().map(({ task }) => task)).toEqual(['two']);
    scene.run('-A -B', 'two');
    expect(scene.kinds().filter((kind) => kind !== 'circular')).toEqual([]);
  });

  test('a lock announced but not granted is nobody’s', () => {
    const scene = new Scene();
    scene.run('W(A)', 'one');
    scene.run('W(A)', 'two');
    scene.validator.contended(scene.task('two'), scene.lock('A'));
    expect(scene.validator.holders(scene.lock('A')).map(({ name }) => name)).toEqual(['one']);
    expect(scene.validator.heldLocks()).toMatchObject([
      { task: 'one', held: [{ lock: 'A' }], waitsFor: null },
      { task: 'two', held: [], waitsFor: { lock: 'A' }, heldBy: ['one'] },
    ]);
  });

  test('a semaphore of two permits: stuck only when both holders are', () => {
    const scene = new Scene().class('S', { kind: 'semaphore' });
    scene.run('W(S)', 'free');
    waitInTurn(scene, [
      ['one', 'W(S)', 'W(A)'],
      ['two', 'W(A)', 'W(S)'],
    ]);
    expect(scene.reports('deadlock')).toEqual([]); // `free` will let go of a permit
    scene.run('W(A)', 'free');
    scene.validator.contended(scene.task('free'), scene.lock('A'));
    expect(scene.reports('deadlock')).toHaveLength(1);
  });
});

describe('LD15 bad-contention', () => {
  test('waiting for a lock never asked for', () => {
    const scene = new Scene();
    scene.validator.contended(scene.task(), scene.lock('A'));
    expect(scene.reports('bad-contention')).toMatchObject([{ rule: 'LD15', lock: { lock: 'A' } }]);
  });
});
