import { Mutex } from '@lockdep/locks';
import { beforeAll, describe, test } from 'vitest';

const pause = () => new Promise((done) => setTimeout(done, 5));
const nest = (outer: Mutex, inner: Mutex) => outer.runExclusive(() => inner.runExclusive(pause));
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new Mutex({ name })) as [Mutex, Mutex, Mutex, Mutex];

describe.concurrent('at the same time', () => {
  test('fails: only the one that inverts', async () => {
    await nest(a, b);
    await nest(b, a);
  });

  test('passes: its neighbour', async () => {
    for (let times = 0; times < 8; times++) await pause();
  });
});

describe('a hook', () => {
  beforeAll(async () => {
    await nest(c, d);
    await nest(d, c);
  });

  test('passes: the file answers for its hooks', () => {});
});
