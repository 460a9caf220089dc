/** What the README claims. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BitLock, Completion, lockdep, Mutex, RwLock, RwSemaphore, Semaphore, SpinLock } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example reports what it says it reports', async () => {
  const from = new Mutex({ name: 'account.from' });
  const to = new Mutex({ name: 'account.to' });
  await from.runExclusive(() => to.runExclusive(() => 1));
  await to.runExclusive(() => from.runExclusive(() => 1));
  const message = /reports\[0\]\?\.message\); \/\/ (.*)/.exec(readme)?.[1];
  expect(lockdep().reports.map((report) => report.message)).toEqual([message]);
});

const types = new Map<string, { readonly prototype: object }>(
  Object.entries({ BitLock, Completion, Mutex, RwLock, RwSemaphore, Semaphore, SpinLock }),
);

test('every method of the table exists', () => {
  const rows = readme.split('\n').filter((line) => /^\| `[A-Z]/.test(line));
  expect(rows).toHaveLength(6);
  for (const row of rows) {
    const [, names, , methods] = row.split('|');
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      const { prototype } = types.get(name!)!;
      for (const [, method] of methods!.matchAll(/`(\w+)`/g))
        expect(method! in prototype, `${name}.${method}`).toBe(true);
    }
  }
});
