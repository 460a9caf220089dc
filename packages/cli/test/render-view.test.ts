import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockKey, type Site, Validator } from '@lockdep/core';
import { expect, test } from 'vitest';
import { validatorFindings } from '../src/findings.ts';
import { VIEWS, type ViewName } from '../src/formats.ts';
import { renderView } from '../src/render-view.ts';
import { run } from '../src/run.ts';

const here = fileURLToPath(import.meta.url);
const trace = fileURLToPath(new URL('../../trace/test/fixtures/ftrace.txt', import.meta.url));

function at(file: string, line: number): Site {
  return { frames: [{ function: 'inner', file, line, column: 1, text: `at ${file}:${line}` }] };
}

/** Two tasks, two locks, both orders; the second order is shown at the given place. */
function inversion(place: Site): Validator {
  const validator = new Validator();
  const [a, b] = ['a', 'b'].map((name) => validator.lock(new LockKey({ name })));
  const [one, two] = ['one', 'two'].map((name) => validator.task(name));
  validator.acquire(one!, a!);
  validator.acquire(one!, b!);
  validator.release(one!, b!);
  validator.release(one!, a!);
  validator.acquire(two!, b!);
  validator.acquire(two!, a!, 0, null, place);
  return validator;
}

const render = (name: ViewName, validator: Validator): Promise<string> =>
  renderView(name, validatorFindings(validator, { title: 'test', run: 'test' }));

const SIGNS: Readonly<Record<ViewName, RegExp>> = {
  json: /^\{\n {2}"version": 1,[\s\S]*\}\n$/,
  dot: /^digraph /,
  svg: /<svg [\s\S]*<\/svg>/,
  html: /^<!DOCTYPE html>[\s\S]*LD2 circular: b → a → b[\s\S]*<\/html>\n$/,
  sarif: /"version": "2\.1\.0"[\s\S]*"uri": "packages\/cli\/test\/render-view\.test\.ts"/,
  github:
    /^::warning file=packages\/cli\/test\/render-view\.test\.ts,line=3,col=1,title=LD2 circular%3A b → a → b::.*\n$/,
  'github-summary': /^## Lock order: 1 warning\n/,
  markdown: /^### LD2 circular: b → a → b\n/,
  mermaid: /^flowchart TB\n {2}c0\["a"\]/,
  graphml: /^<\?xml [\s\S]*<\/graphml>\n$/,
};

test.each(VIEWS)('%s', async (name) => {
  expect(await render(name, inversion(at(here, 3)))).toMatch(SIGNS[name]);
});

test('the page quotes source below the working directory, and none from elsewhere', async () => {
  expect(await render('html', inversion(at(here, 3)))).toMatch(/<span class="line hit"><i>3<\/i>.*join, relative \}/);
  const folder = await mkdtemp(join(tmpdir(), 'lockdep-view-'));
  const secret = join(folder, 'secret.ts');
  await writeFile(secret, 'const password = 1;\n');
  for (const file of [secret, relative(process.cwd(), secret), `${process.cwd()}/x/../../../${secret}`])
    expect(await render('html', inversion(at(file, 1)))).not.toContain('password');
  await rm(folder, { recursive: true });
});

test('lockdep replay --report, with statistics in the trace’s own time', async () => {
  const parts: string[] = [];
  const output = { write: (text: string) => void parts.push(text), note: () => {}, noteIsTerminal: false };
  const status = await run(['replay', trace, '--report', 'html'], { ...output, writeIsTerminal: false, columns: 80 });
  expect(status).toBeLessThan(2);
  const written = parts.join('');
  expect(written).toContain('<h1>Lock order of ftrace.txt</h1>');
  expect(written).toContain('id="statistics"');
});
