import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { claims, claimsTable } from './claims.ts';
import { scenarioTable } from './scenario-table.ts';

/** The formatter pads the columns of tables. */
const unpadded = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('claims of the thread', () => {
  for (const { id, claim, status, program } of claims) {
    test(`${id}: ${claim}`, () => expect(program()).toBe(status));
  }
});

test('the tables in the README are these', () => {
  const readme = unpadded(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
  expect(readme).toContain(unpadded(claimsTable()));
  expect(readme).toContain(unpadded(scenarioTable()));
});

const collected = JSON.parse(readFileSync(new URL('./fixtures/claims.json', import.meta.url), 'utf8')) as {
  readonly claims: readonly { readonly id: string; readonly status: string }[];
};

test('every collected claim has a program, whose status is the collected one', () => {
  const first = (status: string): string => (status.startsWith('open') ? 'open' : status.slice(0, 1));
  expect(claims.map(({ id, status }) => [id, status])).toEqual(
    collected.claims.map(({ id, status }) => [id, first(status)]),
  );
});
