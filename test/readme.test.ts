/**
 * What the documentation shows is true: every block marked `ts run` runs, every `lockdep` command line works, and each prints what the
 * `text` blocks after it say. Examples are run by examples.test.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryFile } from './support/data-files.ts';
import { blocks, commands, expectPrinted, outputsAfter, programs, readmes } from './support/documentation.ts';
import { runCommand } from './support/run-command.ts';
import { runProgram } from './support/run-program.ts';

test('there is something to run', () => {
  expect(readmes).toContain('README.md');
  expect(programs.length).toBeGreaterThan(10);
  expect(commands.length).toBeGreaterThan(10);
});

test.each(readdirSync(repositoryFile('packages')))('packages/%s has a README with an example that is run', (name) => {
  const readme = `packages/${name}/README.md`;
  expect(readmes).toContain(readme);
  const examples = [...programs, ...commands.map(({ block }) => block)].filter((block) => block.readme === readme);
  if (!TESTED_ELSEWHERE.has(readme)) expect(examples).not.toEqual([]);
});

/** Their examples need more than a process; the test of the package named here runs them. */
const TESTED_ELSEWHERE = new Map([['packages/vitest/README.md', 'packages/vitest/test/readme.test.ts']]);

test('every block of TypeScript is run', () => {
  const others = blocks.filter(({ info }) => /^(ts|js)\b/.test(info) && info !== 'ts run');
  expect(
    others.filter(({ readme }) => !TESTED_ELSEWHERE.has(readme)).map(({ readme, line }) => `${readme}:${line}`),
  ).toEqual([]);
  for (const [readme, file] of TESTED_ELSEWHERE) {
    expect(readFileSync(repositoryFile(file), 'utf8'), `${file} speaks of the README`).toContain('README');
    expect(readmes).toContain(readme);
  }
});

test('every command is in the table of the README', async () => {
  const { stdout } = await runCommand('--help');
  const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1]!);
  expect(names.length).toBeGreaterThan(8);
  const rows = [...readFileSync(repositoryFile('README.md'), 'utf8').matchAll(/^\| `lockdep ([a-z]+)/gm)].map(
    (match) => match[1]!,
  );
  expect(rows.sort()).toEqual(names.sort());
});

test('links lead somewhere', () => {
  const dead = readmes.flatMap((readme) =>
    [...readFileSync(repositoryFile(readme), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => join(dirname(readme), match[1]!))
      .filter((target) => !existsSync(repositoryFile(target)))
      .map((target) => `${readme}: ${target}`),
  );
  expect(dead).toEqual([]);
});

describe.each(programs.map((program) => [`${program.readme}:${program.line}`, program] as const))(
  '%s',
  (_, program) => {
    test('runs, and prints what is shown', { timeout: 60_000 }, async () => {
      // Where its imports are found: those of a guide beside the example, of all others among the tests.
      const isGuide = program.readme.startsWith('examples/');
      const folder = isGuide
        ? repositoryFile(dirname(program.readme))
        : await mkdtemp(join(import.meta.dirname, 'readme-'));
      const file = join(folder, `readme-${program.line}.ts`);
      try {
        await writeFile(file, program.code);
        const { status, stdout, stderr } = await runProgram(file);
        expect(stderr).toBe('');
        expect(status).toBe(0);
        expectPrinted(stdout, outputsAfter(program));
      } finally {
        await rm(isGuide ? file : folder, { recursive: true });
      }
    });
  },
);

const COMMAND = repositoryFile('packages/cli/src/main.ts');
const lockdepCommands = commands.filter(({ command }) => command === 'lockdep');

test.each(lockdepCommands.map((line) => [`${line.block.readme}:${line.line}: ${line.args}`, line] as const))(
  '%s',
  { timeout: 60_000 },
  async (_, { block, args }) => {
    const words = args.split(' ').map((word) => (existsSync(repositoryFile(word)) ? repositoryFile(word) : word));
    // What `run` runs writes to the streams of this very process, so it gets one of its own.
    const isRun = words[0] === 'run';
    const { status, stdout, stderr } = await (isRun ? runProgram(COMMAND, ...words) : runCommand(...words));
    if (isRun) expect(stderr).toContain('lockdep: 1 report');
    else expect(stderr).toBe('');
    expect(stdout.split('\n').length).toBeGreaterThan(2);
    expect(status, 'clean or with findings').toBeLessThanOrEqual(1);
    expectPrinted(stdout.replaceAll(repositoryFile(''), ''), outputsAfter(block));
  },
);
