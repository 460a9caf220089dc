/** `lockdep explore --report html`: the schedules of what fails, to step through. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockdep } from './run-cli.ts';

const PROGRAMS = join(import.meta.dirname, '../../../test/data/exploration/programs.json.gz');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-page-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const explore = (...args: string[]) => lockdep('explore', PROGRAMS, '--program', 'abba_bare', ...args);

test('a deadlock becomes a schedule with what each task holds, beside the order that was learned', async () => {
  const file = join(folder, 'page.html');
  expect((await explore('--report', 'html', '-o', file)).status).toBe(1);
  const page = readFileSync(file, 'utf8');
  expect(page).toContain('id="schedule-1"');
  // Two tasks stuck, in the section of schedules and in the story that it confirms.
  expect(page.match(/<tr data-task="\d" data-now="[^"]*" class="stuck">/g)).toHaveLength(4);
  expect(page).toContain('<td class="taken">');
  expect(page).toContain('id="report-1"');
  // The report is confirmed, and has the schedule that proves it in its own story.
  expect(page).toContain('<strong class="sure confirmed">confirmed</strong>');
  expect(page).toContain('id="proof-1"');
});

test('of several programs the orders are merged by name, and each inversion keeps its own verdict', async () => {
  const { status, out } = await lockdep('explore', PROGRAMS, '--format', 'html', '--program', 'abba_gate');
  expect(status).toBe(0);
  expect(out).toContain('<strong class="sure refuted">refuted</strong>');
  expect(out).not.toContain('id="proof-1"');
  const all = await lockdep('explore', PROGRAMS, '--format', 'html');
  expect(all.status).toBe(1);
  const fingerprints = [...all.out.matchAll(/Fingerprint <code>([^<]+)<\/code>/g)].map(
    ([, fingerprint]) => fingerprint,
  );
  expect(new Set(fingerprints).size).toBe(fingerprints.length);
  expect(all.out.match(/class="sure confirmed"/g)!.length).toBeGreaterThan(5);
  // What one program refutes and another shows is shown.
  expect(all.out).not.toMatch(
    /class="names"><code>B<\/code> → <code>A<\/code> → <code>B<\/code>[\s\S]{0,400}class="sure refuted"/,
  );
});

test('the page needs a file, and a file a page', async () => {
  expect(await explore('--report', 'html')).toMatchObject({
    status: 2,
    err: expect.stringContaining('-o explored.html'),
  });
  expect(await explore('-o', 'x.html')).toMatchObject({ status: 2, err: expect.stringContaining('--report html') });
});
