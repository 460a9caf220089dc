/** What the README claims. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as locks from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example reports what it says it reports', async () => {
  const { lockdep, Mutex } = locks;
  const from = new Mutex({ name: 'account.from' });
  const to = new Mutex({ name: 'account.to' });
  await from.runExclusive(() => to.runExclusive(() => 1));
  await to.runExclusive(() => from.runExclusive(() => 1));
  const message = /reports\[0\]\?\.message\); \/\/ (.*)/.exec(readme)?.[1];
  expect(lockdep().reports.map((report) => report.message)).toEqual([message]);
});

test('every method of the table exists', () => {
  const rows = readme.split('\n').filter((line) => /^\| `[A-Z]/.test(line));
  expect(rows).toHaveLength(5);
  for (const row of rows) {
    const [, names, , methods] = row.split('|');
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      const type = locks[name as 'Mutex'];
      for (const [, method] of methods!.matchAll(/`(\w+)`/g))
        expect(type.prototype, `${name}.${method}`).toHaveProperty(method!);
    }
  }
});
