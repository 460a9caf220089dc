import { lockdep, Mutex } from '@lockdep/locks';
import { test } from 'vitest';

const cache = new Mutex({ name: 'cache' });

test('fails: a task that never lets go', { timeout: 300 }, async () => {
  const never = new Promise<void>(() => {});
  void lockdep.task('writer', () => cache.runExclusive(() => never));
  await lockdep.task('reader', () => cache.runExclusive(() => undefined));
});
