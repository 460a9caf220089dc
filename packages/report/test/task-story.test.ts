import { taskStories } from '@lockdep/report';
import { describe, expect, test } from 'vitest';
import { examples } from './example-reports.ts';

describe('task stories', () => {
  test.each(Object.entries(examples))(
    '%s: something happens in every story, and one step is the culprit',
    (_name, report) => {
      const stories = taskStories(report);
      expect(stories.length).toBeGreaterThan(0);
      for (const { name, steps } of stories) {
        expect(name).not.toBe('');
        expect(steps.filter((step) => step.isCulprit)).toHaveLength(1);
        for (const { text } of steps) expect(text).not.toMatch(/\p{Cc}|^$/u);
      }
    },
  );

  test('a deadlock: everybody holds what the one before waits for', () => {
    const lines = taskStories(examples['deadlock']!).map(({ name, steps }) => [name, ...steps.map(({ text }) => text)]);
    expect(lines).toEqual([
      ['T0 one', 'holds &b->lock (inode 12)', 'waits for &a->lock (ffff88800001), write'],
      ['T1 two', 'holds &a->lock (ffff88800001)', 'waits for &b->lock (inode 13), read'],
      ['T2 three', 'holds &b->lock (inode 13)', 'waits for &b->lock (inode 12), read'],
    ]);
  });

  test('an interrupt is a task of its own', () => {
    expect(taskStories(examples['irq-order']!).map(({ name }) => name)).toEqual([
      'T0 worker',
      'T1 main',
      'T2 hardirq context',
    ]);
  });
});
