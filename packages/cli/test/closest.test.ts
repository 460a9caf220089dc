import { expect, test } from 'vitest';
import { closest } from '../src/closest.ts';

const WORDS = ['replay', 'report', 'run', 'explain', 'explore', 'merge', 'diff'];

test.each([
  ['replya', 'replay'],
  ['rpelay', 'replay'],
  ['exlpain', 'explain'],
  ['Report', 'report'],
  ['mer', 'merge'],
  ['rn', 'run'],
  ['explor', 'explore'],
])('%s means %s', (typed, meant) => {
  expect(closest(typed, WORDS)).toBe(meant);
});

test.each(['frobnicate', 'x', '', 'status'])('%s means nothing that is known', (typed) => {
  expect(closest(typed, WORDS)).toBeNull();
});

test.each(['replay', 'explain', 'circular', 'held-at-exit'])('any one edit of %s is understood', (word) => {
  for (let at = 0; at < word.length; at++) {
    const [before, here, after] = [word.slice(0, at), word[at]!, word.slice(at + 1)];
    const swapped = after === '' ? word : before + after[0] + here + after.slice(1);
    for (const typed of [before + after, `${before}${here}${here}${after}`, swapped, `${before}#${after}`])
      expect(closest(typed, ['replay', 'explain', 'circular', 'held-at-exit', 'run']), typed).toBe(word);
  }
});
