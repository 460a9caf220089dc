import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataTags, ShadowFile, type Tag, ZERO } from '../src/index.ts';

const tag = (write: string): Tag => dataTags('A', write, 0, 1)[0]!;

describe('which values a reader may see', () => {
  test('nothing written: zero', () => {
    expect(new ShadowFile('A', 1).visible(0, 1, 2)).toEqual([ZERO]);
  });

  test('an acknowledged write hides what was before it, and nothing else is visible', () => {
    const file = new ShadowFile('A', 1);
    const w1 = tag('w1');
    file.begin(0, [w1], 1).end(2);
    expect(file.visible(0, 3, 4)).toEqual([w1]);
  });

  test('a write under way may be seen or not', () => {
    const file = new ShadowFile('A', 1);
    const w1 = tag('w1');
    const open = file.begin(0, [w1], 2);
    expect(file.visible(0, 1, 3)).toEqual([ZERO, w1]);
    open.end(4);
    expect(file.visible(0, 3, 5)).toEqual([ZERO, w1]);
  });

  test('bytes that are copied bring all that may be seen of them, and a write that is lost on the way is seen to be', () => {
    const file = new ShadowFile('A', 2);
    const [w1, w2] = [tag('w1'), tag('w2')];
    file.begin(1, [w1], 1).end(2);
    const open = file.begin(1, [w2], 3);
    file.copy(file, 1, 0, 1, 4).end(5);
    expect(file.visible(0, 6, 7)).toEqual([w1, w2]);
    open.end(8);
    file.copy(file, 1, 0, 1, 9).end(10);
    expect(file.visible(0, 11, 12)).toEqual([w2]);
    // Known, though never to be seen there.
    expect([file.hasHeld(0, w1), file.hasHeld(0, tag('w3'))]).toEqual([true, false]);
  });

  test('a write that is refused was never there', () => {
    const file = new ShadowFile('A', 1);
    file.begin(0, [tag('w1')], 1).cancel();
    expect(file.visible(0, 2, 3)).toEqual([ZERO]);
  });

  test('two concurrent writes: either may be last', () => {
    const file = new ShadowFile('A', 1);
    const [w1, w2] = [tag('w1'), tag('w2')];
    const [first, second] = [file.begin(0, [w1], 1), file.begin(0, [w2], 2)];
    first.end(3);
    second.end(4);
    expect(file.visible(0, 5, 6)).toEqual([w1, w2]);
  });

  test('sizes: the largest that may be in force', () => {
    const file = new ShadowFile('A', 8);
    file.resize(4, 1)(2);
    expect(file.largestSize(3, 4)).toBe(4);
    expect(file.largestSize(1, 4)).toBe(8);
  });

  test('what a file is just getting longer by: while the operation lasts, and not after it', () => {
    const file = new ShadowFile('A', 4);
    const grown = file.resize(8, 1);
    expect([3, 4, 7, 8].map((offset) => file.isGrowingOver(offset, 2))).toEqual([false, true, true, false]);
    grown(3);
    expect(file.isGrowingOver(4, 4)).toBe(false);
    // One that does not reach the end.
    file.resize(6, 5);
    expect([4, 6].map((offset) => file.isGrowingOver(offset, 6))).toEqual([false, false]);
  });

  test('sequential writes: the last one, always (random)', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }), (writes) => {
        const file = new ShadowFile('A', 1);
        const tags = writes.map(tag);
        for (const [i, value] of tags.entries()) file.begin(0, [value], 2 * i + 1).end(2 * i + 2);
        const now = 2 * tags.length + 1;
        expect(file.visible(0, now, now + 1)).toEqual([tags.at(-1)]);
      }),
    );
  });
});
