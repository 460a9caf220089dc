/** Every rule has a page, and what it shows is true: the example breaks that rule, the suppression silences it. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, type ReportKind, rules, VERDICTS } from '@lockdep/core';
import { applyBaseline, emptyBaseline, type Suppression } from '@lockdep/graph';
import { cures, renderSarif, ruleKinds, rulePage } from '@lockdep/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockdep, NODE, program } from './run-cli.ts';

const PAGES = join(import.meta.dirname, '../../report/rules');

/** The blocks of a page by the words after the fence. */
function blockOf(page: string, info: string): string | undefined {
  return new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1];
}

let folder: string;
beforeAll(async () => {
  // Beside the tests, so that the packages are found.
  folder = await mkdtemp(join(import.meta.dirname, 'pages-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a page for every rule, and no other', () => {
  expect(ruleKinds.toSorted()).toEqual(Object.keys(rules).toSorted());
  expect(readdirSync(PAGES).toSorted()).toEqual(ruleKinds.map((kind) => `${rules[kind].id}.md`).toSorted());
});

test('every verdict is explained, with the rule it is about', async () => {
  for (const verdict of VERDICTS) {
    expect(rulePage('circular')).toContain(`\`${verdict}\``);
    expect((await lockdep('explain', verdict)).out).toBe(rulePage('circular'));
  }
});

/** Runs a page's example; the last line printed is its reports as JSON. */
async function reportsOf(kind: ReportKind): Promise<{ readonly printed: string; readonly reports: readonly Report[] }> {
  const code = blockOf(rulePage(kind), 'ts run')!;
  const validator = code.includes('lockdep()') ? 'lockdep()' : 'validator';
  const file = join(folder, `${kind}.ts`);
  await writeFile(file, `${code}\nconsole.log(JSON.stringify(${validator}.reports));\n`);
  const { status, out, err } = await program([...NODE, file]);
  expect(err).toBe('');
  expect(status).toBe(0);
  const lines = out.trimEnd().split('\n');
  return { printed: `${lines.slice(0, -1).join('\n')}\n`, reports: JSON.parse(lines.at(-1)!) as Report[] };
}

describe.each(ruleKinds)('%s', { timeout: 60_000 }, (kind) => {
  const page = rulePage(kind);

  test('says what the rule says, and every usual cure', () => {
    expect(page).toMatch(new RegExp(`^# ${rules[kind].id}: `));
    const words = page.replaceAll(/\s+/g, ' ');
    expect(words).toContain(rules[kind].title);
    expect(words).toContain(cures[kind].rule);
    expect(words).toContain(`Report kind \`${kind}\`, usual level: ${rules[kind].level}.`);
    for (const cure of cures[kind].cures) expect(page).toContain(`- ${cure}\n`);
  });

  test('its example breaks the rule and prints what is shown; its suppression of a pair silences it', async () => {
    const { printed, reports } = await reportsOf(kind);
    expect(printed).toBe(blockOf(page, 'text'));
    const broken = reports.filter((report) => report.kind === kind);
    expect(broken.map(({ rule, level }) => [rule, level])).toEqual([[rules[kind].id, rules[kind].level]]);
    const suppression = JSON.parse(blockOf(page, 'json')!) as Suppression;
    expect(suppression.reason).not.toBe('');
    if ('pair' in suppression) {
      const { suppressed, fresh } = applyBaseline(broken, { ...emptyBaseline, suppressions: [suppression] });
      expect([suppressed, fresh]).toEqual([broken, []]);
    }
    const { runs } = JSON.parse(renderSarif(broken)) as {
      runs: { tool: { driver: { rules: { id: string; help: { markdown: string } }[] } } }[];
    };
    const described = runs[0]!.tool.driver.rules.filter(({ help }) => help.markdown.includes('## Example'));
    expect(described).toMatchObject([{ id: rules[kind].id, help: { markdown: page } }]);
  });
});

describe('lockdep explain', () => {
  test('lists the rules', async () => {
    const { status, out } = await lockdep('explain');
    expect(status).toBe(0);
    for (const kind of ruleKinds) expect(out).toMatch(new RegExp(`^ {2}${rules[kind].id} +${kind} +\\S`, 'm'));
  });

  test('finds a rule by id and by kind, in any case', async () => {
    for (const name of ['LD2', 'ld2', 'circular', 'Circular'])
      expect(await lockdep('explain', name)).toEqual({ status: 0, out: rulePage('circular'), err: '' });
    const { out } = await lockdep('explain', 'LD5', 'LD17');
    expect(out).toBe(`${rulePage('held-at-exit')}\n${rulePage('order-flip')}`);
  });

  test('as data', async () => {
    const { out } = await lockdep('explain', 'pin', '--json');
    const page = rulePage('pin');
    expect(JSON.parse(out)).toEqual({ rules: [{ ...rules.pin, kind: 'pin', ...cures.pin, page }] });
    expect(JSON.parse((await lockdep('explain', '--format', 'json')).out)).toMatchObject({ rules: { length: 18 } });
  });

  test('an unknown rule is a usage error with the one that was meant', async () => {
    expect(await lockdep('explain', 'circula')).toMatchObject({
      status: 2,
      err: expect.stringMatching(
        /^lockdep: no rule 'circula' \(did you mean circular\?\)\n {2}`lockdep explain` lists/,
      ),
    });
    expect(await lockdep('explain', 'LD99')).toMatchObject({ status: 2, out: '' });
  });
});
