/** The transport in the worker thread of real pino, in programs of their own: the report is there when the process is gone. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import transport, { type TransportOptions } from '../src/transport.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockdep-pino-'));
afterAll(() => rmSync(folder, { recursive: true }));

function program(
  options: TransportOptions,
  ending?: string,
): Promise<{ status: number; stdout: string; stderr: string }> {
  const file = join(import.meta.dirname, 'programs/records.ts');
  const args = [
    '--conditions=@lockdep/source',
    file,
    JSON.stringify(options),
    ...(ending === undefined ? [] : [ending]),
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test('text on standard error, by default', async () => {
  const { status, stdout, stderr } = await program({});
  expect(status).toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toContain('WARNING: possible circular locking dependency detected');
  expect(stderr).toContain('report is trying to acquire lock:');
  expect(stderr).toMatch(/^Inversions: 1$/m);
  expect(stderr).toMatch(/records\.ts:\d+/);
});

test('a file, in folders that are made, also when the program exits by force', async () => {
  const destination = join(folder, 'deep', 'report.json');
  const { status, stderr } = await program({ destination, format: 'json' }, 'exits');
  expect(stderr).toBe('');
  expect(status).toBe(7);
  const { reports } = JSON.parse(readFileSync(destination, 'utf8')) as { reports: { kind: string; task: string }[] };
  expect(reports.map(({ kind, task }) => [kind, task])).toEqual([['circular', 'report']]);
});

test.each([
  ['markdown', /^#.*circular/m],
  ['sarif', /"version": ?"2\.1\.0"/],
  ['html', /^<!doctype html>/i],
] as const)('as %s', async (format, expected) => {
  const destination = join(folder, `report.${format}`);
  const { status, stderr } = await program({ destination, format });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const text = readFileSync(destination, 'utf8');
  expect(text).toMatch(expected);
  expect(text).toContain('accounts');
});

test('a log without lock events says so, and fails nothing', async () => {
  const { status, stderr } = await program({}, 'never records');
  expect(stderr).toBe('lockdep: no lock events in the log: attach a TraceRecorder to it\n');
  expect(status).toBe(0);
});

test('a bad line is told, and what came before it is reported', async () => {
  const { status, stderr } = await program({}, 'writes nonsense');
  expect(status).toBe(0);
  expect(stderr).toMatch(/^lockdep: log:\d+: task 77 is used before it is defined/m);
  expect(stderr).toContain('possible circular locking dependency');
});

test('an unknown format is refused when the transport is made', () => {
  expect(() => transport({ format: 'pdf' as 'text' })).toThrow(
    "format 'pdf': use one of text, json, markdown, sarif, html",
  );
});
