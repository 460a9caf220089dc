import { lockdep, Mutex } from '@lockdep/locks';
import { test as withLocks } from '@lockdep/vitest';
import { test } from 'vitest';

const cache = new Mutex({ name: 'cache' });

test('fails: a task that never lets go', { timeout: 300 }, async () => {
  const never = new Promise<void>(() => {});
  void lockdep.task('writer', () => cache.runExclusive(() => never));
  await lockdep.task('reader', () => cache.runExclusive(() => undefined));
});

withLocks(
  'fails: tasks that wait for each other, under its own validator',
  { timeout: 300 },
  async ({ lockdep: own }) => {
    const [a, b] = ['A', 'B'].map((name) => new Mutex({ name, validator: own })) as [Mutex, Mutex];
    const both = (name: string, first: Mutex, second: Mutex) =>
      lockdep.task(name, () =>
        first.runExclusive(async () => {
          await new Promise((done) => setTimeout(done, 20));
          await second.runExclusive(() => undefined);
        }),
      );
    await Promise.all([both('one', a, b), both('two', b, a)]);
  },
);
