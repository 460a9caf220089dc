import { existsSync, readFileSync } from 'node:fs';
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

const data = new URL(`${process.env['LOCKDEP_DATA'] ?? '../../../../shared'}/page-cache/claims.json`, import.meta.url);

test.skipIf(!existsSync(data))('statuses agree with the collected claims (skipped where that data is absent)', () => {
  const collected = JSON.parse(readFileSync(data, 'utf8')) as { claims: { id: string; status: string }[] };
  const statusOf = new Map(collected.claims.map(({ id, status }) => [id, status.slice(0, 1)]));
  for (const { id, status } of claims) expect([id, statusOf.get(id)]).toEqual([id, status]);
});
