/** What the README claims. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BitLock, Completion, Mutex, RwLock, RwSemaphore, Semaphore, SpinLock } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

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
