/**
 * The sample project, run as its users would: each matcher passes and fails, a report fails its test, two files that are fine
 * alone fail together, a hang turns into a dump. What it prints is compared as a whole.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { runSample, sample } from './run-sample.ts';

const baseline = (): string => join(mkdtempSync(join(tmpdir(), 'lockdep-')), 'baseline.json');

describe.concurrent('the sample project', { timeout: 120_000 }, () => {
  test('fails what should fail, with these messages', async ({ expect }) => {
    const run = await runSample(
      ['concurrent', 'expected', 'fixtures', 'hang', 'inversion', 'matchers', 'readme', 'schedules'],
      {},
    );
    expect(run.stdout.replaceAll(run.folder, '.vitest/lockdep')).toMatchSnapshot();
    expect(run.code).toBe(1);
    const page = readFileSync(join(run.folder, 'report.html'), 'utf8');
    expect(page).toContain(
      'In <q>tests/inversion.sample.ts &gt; one file &gt; fails by its report: the other order</q>',
    );
    expect(page).toContain('<h3>tests/schedules.sample.ts &gt; fails: toHoldUnderAllSchedules: deadlock</h3>');
    expect(page).toContain('reader, when time was up in tests/hang.sample.ts &gt; fails: a task that never lets go');
    expect(page, 'a confirmed report, to step through').toContain('<strong class="sure confirmed">confirmed</strong>');
    expect(page).toMatch(/id="proof-\d+"/);
    expect(page, 'source from the project').toContain('<mark>runExclusive</mark>');
    expect(page, 'nothing of this machine').not.toContain(sample);
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
    const { reports }: { reports: { fingerprint: string }[] } = JSON.parse(
      readFileSync(join(run.folder, 'report.json'), 'utf8'),
    );
    const sarif: { runs: { results: { properties: { verdict?: string } }[] }[] } = JSON.parse(
      readFileSync(join(run.folder, 'report.sarif'), 'utf8'),
    );
    expect(reports.length).toBeGreaterThan(3);
    expect(sarif.runs[0]!.results).toHaveLength(reports.length);
    expect(sarif.runs[0]!.results.map(({ properties }) => properties.verdict)).toContain('confirmed');
  });

  test('a report outlives the attempt that made it, and so does what the attempt has learned', async ({ expect }) => {
    const run = await runSample(['attempts', 'dynamic'], {});
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('- failed: fails: the first to load locks\n    LockReport');
    expect(run.stdout).toContain('- passed: passes: its neighbour');
    expect(run.stdout).toContain('- failed: fails: another attempt does not make it good');
    expect(run.stdout).toContain('- passed: passes: at the second attempt');
    expect(readFileSync(join(run.folder, 'graph.json'), 'utf8')).toContain('"odd"');
  });

  test('fails for two files that are fine alone, and names both tests', async ({ expect }) => {
    const run = await runSample(['a-transfer', 'b-audit'], {});
    expect(`${run.stdout}\n${run.stderr}`.replaceAll(run.folder, '.vitest/lockdep')).toMatchSnapshot();
    expect(run.code).toBe(1);
    const page = readFileSync(join(run.folder, 'report.html'), 'utf8');
    const both = ['tests/a-transfer.sample.ts &gt; a transfer takes accounts, then journal'].concat([
      'tests/b-audit.sample.ts &gt; an audit takes journal, then accounts',
    ]);
    expect(page).toContain(`In ${both.map((name) => `<q>${name}</q>`).join(', ')}`);
    for (const name of both) expect(page, 'shown by').toContain(`<td><q>${name}</q> </td>`);
    const { reports }: { reports: object[] } = JSON.parse(readFileSync(join(run.folder, 'report.json'), 'utf8'));
    expect(reports).toMatchObject([{ kind: 'circular', fingerprint: 'LD2-0aa873c8025284' }]);
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

  test('refuses a mode that does not exist', async ({ expect }) => {
    const run = await runSample(['readme'], { LOCKDEP: 'loud' });
    expect(run.code).toBe(1);
    expect(`${run.stdout}${run.stderr}`).toContain("lockdep mode 'loud' is unknown: set LOCKDEP");
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
