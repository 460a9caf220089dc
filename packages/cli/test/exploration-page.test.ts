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
  expect(page.match(/<tr data-task="\d" data-now="[^"]*" class="stuck">/g)).toHaveLength(2);
  expect(page).toContain('<td class="taken">');
  expect(page).toContain('id="report-1"');
});

test('the page needs a file, and a file a page', async () => {
  expect(await explore('--report', 'html')).toMatchObject({
    status: 2,
    err: expect.stringContaining('-o explored.html'),
  });
  expect(await explore('-o', 'x.html')).toMatchObject({ status: 2, err: expect.stringContaining('--report html') });
});
