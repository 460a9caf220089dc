/**
 * The sample project, run as its users would: each matcher passes and fails, a report fails its test, two files that are fine
 * alone fail together, a hang turns into a dump. What it prints is compared as a whole.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { runSample } from './run-sample.ts';

const baseline = (): string => join(mkdtempSync(join(tmpdir(), 'lockdep-')), 'baseline.json');

describe.concurrent('the sample project', { timeout: 120_000 }, () => {
  test('fails what should fail, with these messages', async ({ expect }) => {
    const run = await runSample(
      ['concurrent', 'expected', 'fixtures', 'hang', 'inversion', 'matchers', 'readme', 'schedules'],
      {},
    );
    expect(run.stdout).toMatchSnapshot();
    expect(run.code).toBe(1);
  });

  test('fails for two files that are fine alone, and names both tests', async ({ expect }) => {
    const run = await runSample(['a-transfer', 'b-audit'], {});
    expect(`${run.stdout}\n${run.stderr}`).toMatchSnapshot();
    expect(run.code).toBe(1);
    const page = readFileSync(join(run.folder, 'report.html'), 'utf8');
    expect(page).toContain('tests/b-audit.sample.ts &gt; an audit takes journal, then accounts');
  });

  test('warns only, in mode warn', async ({ expect }) => {
    const run = await runSample(['a-transfer', 'b-audit', 'inversion'], { LOCKDEP: 'warn' });
    expect(run.code).toBe(0);
    expect(run.stdout).not.toContain('failed:');
    expect(`${run.stdout}${run.stderr}`).toContain('possible circular locking dependency detected');
  });

  test('says nothing, in mode off', async ({ expect }) => {
    const run = await runSample(['a-transfer', 'b-audit'], { LOCKDEP: 'off' });
    expect(run.code).toBe(0);
    expect(run.stderr).toBe('');
    expect(run.stdout).not.toContain('lockdep');
  });

  test('takes what it finds into the baseline, and passes with it', async ({ expect }) => {
    const file = baseline();
    const files = ['inversion'];
    const update = await runSample(files, { SAMPLE_BASELINE: file, LOCKDEP_BASELINE: 'update' });
    expect(update.code).toBe(0);
    const known: { readonly entries: readonly { readonly rule: string; readonly classes: readonly string[] }[] } =
      JSON.parse(readFileSync(file, 'utf8'));
    expect(known.entries).toMatchObject([{ rule: 'LD2', classes: expect.arrayContaining(['accounts', 'journal']) }]);
    const again = await runSample(files, { SAMPLE_BASELINE: file });
    expect(again.code).toBe(0);
    expect(again.stdout).not.toContain('failed:');
  });
});
