import { captureSite, LockKey, parseStack, Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';

describe('sites', () => {
  test('the caller is found below the validator’s own frames, for every part of a report', () => {
    const validator = new Validator();
    const task = validator.task('t');
    const [a, b] = ['a', 'b'].map((name) => validator.lock(new LockKey({ name }))) as [never, never];
    const nest = (outer: never, inner: never): void => {
      validator.acquire(task, outer);
      validator.acquire(task, inner);
      validator.release(task, inner);
      validator.release(task, outer);
    };
    nest(a, b);
    nest(b, a);
    const [report] = validator.reports;
    if (report?.kind !== 'circular') throw new Error('no circle was reported');
    const sites = [report.want.site, ...report.cycle.flatMap(({ outerSite, innerSite }) => [outerSite, innerSite])];
    expect(sites.map((site) => site?.frames[0]?.function)).toEqual(sites.map(() => 'nest'));
  });

  test('a deep program keeps its innermost frames', () => {
    const dive = (depth: number): ReturnType<typeof captureSite> => (depth === 0 ? captureSite() : dive(depth - 1));
    expect(dive(100).frames.length).toBeGreaterThan(10);
  });

  test.each([
    ['    at f (file:///p/a.ts:1:2)', { function: 'f', file: '/p/a.ts', line: 1, column: 2, text: 'f (/p/a.ts:1:2)' }],
    ['    at /p/a.ts:1:2', { file: '/p/a.ts', line: 1, column: 2, text: '/p/a.ts:1:2' }],
    ['    at async file:///p/a.ts:1:2', { file: '/p/a.ts', line: 1, column: 2, text: '/p/a.ts:1:2' }],
    ['    at async g (/p/a.ts:1:2)', { function: 'g', file: '/p/a.ts', line: 1, column: 2, text: 'g (/p/a.ts:1:2)' }],
    [
      '    at new Foo (/p q/a.ts:3:4)',
      { function: 'new Foo', file: '/p q/a.ts', line: 3, column: 4, text: 'new Foo (/p q/a.ts:3:4)' },
    ],
  ])('%s', (line, frame) => {
    expect(parseStack(`Error: site\n${line}\n    at node:internal/x:1:1`)).toEqual([frame]);
  });

  test('frames of lockdep are left out, here and installed; those of a project that names its packages alike are not', () => {
    const packages = new URL('../../', import.meta.url).href;
    const shown = (file: string): number => parseStack(`Error: site\n    at f (${file}:1:2)`).length;
    for (const own of ['core/src/task.ts', 'locks/dist/mutex.js', 'simulator/src/engine/world.ts', 'cli/src/run.ts']) {
      expect(shown(`${packages}${own}`), own).toBe(0);
      expect(shown(`${packages}${own}`.replace('file://', '')), own).toBe(0);
      expect(shown(`file:///home/me/project/packages/${own}`), own).toBe(1);
    }
    for (const name of ['@lockdep/core', '@lockdep/simulator', 'lockdep'])
      expect(shown(`/p/node_modules/${name}/dist/a.js`), name).toBe(0);
    expect(shown(`${packages}core/test/site.test.ts`)).toBe(1);
    expect(shown(`${packages}page-cache/src/inode.ts`)).toBe(1);
    expect(shown('/p/node_modules/lockdep-model/a.js')).toBe(1);
  });
});
