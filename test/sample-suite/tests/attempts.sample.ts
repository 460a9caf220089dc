import { Mutex } from '@lockdep/locks';
import { test } from 'vitest';

const [outer, inner, odd] = ['outer', 'inner', 'odd'].map((name) => new Mutex({ name })) as [Mutex, Mutex, Mutex];
const nest = (first: Mutex, second: Mutex) => first.runExclusive(() => second.runExclusive(() => undefined));

test('fails: another attempt does not make it good', { retry: 2 }, async () => {
  await nest(outer, inner);
  await nest(inner, outer);
});

let attempts = 0;
test('passes: at the second attempt, which takes nothing new', { retry: 1 }, async () => {
  attempts += 1;
  if (attempts === 1) await nest(outer, odd);
  if (attempts === 1) throw new Error('not yet');
});
