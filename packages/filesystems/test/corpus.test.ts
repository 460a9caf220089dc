/** No bug of the corpus is forgotten: each is reproduced, or says why not. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bugs, fixes } from './corpus.ts';
import { atLockLevel, coverageOf, inEngine, NOT_REPRODUCED, SCENARIOS } from './corpus-coverage.ts';
import { corpusTable } from './corpus-table.ts';
import { lockProgram } from './lock-program.ts';

const switches = readFileSync(new URL('../../page-cache/src/bug-switches.ts', import.meta.url), 'utf8');
const hasSwitch = (setting: string): boolean => {
  const name = setting.replace(/=.*$/, '');
  return switches.includes(`readonly '${name}'?:`) || switches.includes(`readonly ${name}?:`);
};

test('75 bugs, each once', () => {
  expect(new Set(bugs.map(({ id }) => id)).size).toBe(75);
  expect(bugs).toHaveLength(75);
});

describe.each(bugs.map((bug) => [bug.id, bug] as const))('%s', (id, bug) => {
  test('is reproduced, or says why not', () => {
    if (coverageOf(bug) === 'not reproduced') expect(NOT_REPRODUCED[id]).toBeTruthy();
    else expect(NOT_REPRODUCED[id], 'a reason for what is reproduced by now: delete it').toBeUndefined();
    if (inEngine(bug) && bug.switch !== undefined) expect(hasSwitch(bug.switch), bug.switch).toBe(true);
    if (atLockLevel(bug)) {
      expect(fixes[id]).toBeDefined();
      expect(lockProgram(bug.interleaving).length).toBeGreaterThan(1);
    }
    const scenario = SCENARIOS[id];
    if (scenario !== undefined) {
      const [name] = bug.switch!.split('=');
      const cells = scenario.cells.filter(({ bugs: on }) => on !== undefined && Object.keys(on).includes(name!));
      expect(cells.length).toBeGreaterThan(0);
      for (const { verdict } of cells) expect(verdict).not.toBe('clean');
    }
  });
});

test('every repaired program is that of a bug', () => {
  for (const id of Object.keys(fixes)) expect(bugs.map((bug) => bug.id)).toContain(id);
});

/** After another bug has got a test of its own: `vitest run --project filesystems corpus.test -u`. */
test('CORPUS.md is this', async () => {
  await expect(corpusTable()).toMatchFileSnapshot('../CORPUS.md');
});
