import { test } from 'vitest';

test('fails: the first to load locks', async () => {
  const { Mutex } = await import('@lockdep/locks');
  const [a, b] = ['a', 'b'].map((name) => new Mutex({ name })) as [
    InstanceType<typeof Mutex>,
    InstanceType<typeof Mutex>,
  ];
  await a.runExclusive(() => b.runExclusive(() => undefined));
  await b.runExclusive(() => a.runExclusive(() => undefined));
});

test('passes: its neighbour', () => {});
