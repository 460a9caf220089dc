/**
 * What the READMEs show is true: every block marked `ts run` runs, and prints what the `text` block after it says; every
 * `lockdep` command line works; what the start command is said to print is printed by the example it starts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryFile } from './support/data-files.ts';
import { runCommand } from './support/run-command.ts';
import { runProgram } from './support/run-program.ts';

interface Block {
  readonly readme: string;
  readonly line: number;
  /** The words after the fence: `ts run`. */
  readonly info: string;
  readonly code: string;
  /** The prose between the block before and this one. */
  readonly before: string;
}

function blocksOf(readme: string): Block[] {
  const text = readFileSync(repositoryFile(readme), 'utf8');
  let last = 0;
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const before = text.slice(last, match.index);
    last = match.index + match[0].length;
    const line = text.slice(0, match.index).split('\n').length;
    return { readme, line, info: match[1]!.trim(), code: match[2]!, before };
  });
}

const readmes = [
  'README.md',
  ...readdirSync(repositoryFile('packages')).map((name) => `packages/${name}/README.md`),
].filter((readme) => existsSync(repositoryFile(readme)));
const blocks = readmes.flatMap(blocksOf);
const programs = blocks.filter(({ info }) => info === 'ts run');
const commands = blocks
  .filter(({ info }) => info === 'sh')
  .flatMap(({ readme, line, code }) =>
    code.split('\n').flatMap((text, at) => {
      const command = /^npx -y pnpm@12 (?:--silent )?lockdep (.*?)(?: +#.*)?$/.exec(text)?.[1];
      return command === undefined ? [] : [{ readme, line: line + at + 1, command }];
    }),
  );

/** The `text` block that follows a block in the same file. */
function outputAfter(program: Block): Block | undefined {
  const next = blocks[blocks.indexOf(program) + 1];
  return next?.readme === program.readme && next.info === 'text' ? next : undefined;
}

test('there is something to run', () => {
  expect(readmes).toContain('README.md');
  expect(programs.length).toBeGreaterThan(2);
  expect(commands.length).toBeGreaterThan(2);
});

describe.each(programs.map((program) => [`${program.readme}:${program.line}`, program] as const))(
  '%s',
  (_, program) => {
    test('runs, and prints what is shown', { timeout: 60_000 }, async () => {
      // Beside the tests, so that the packages are found.
      const folder = await mkdtemp(join(import.meta.dirname, 'readme-'));
      try {
        const file = join(folder, 'program.ts');
        await writeFile(file, program.code);
        const { status, stdout, stderr } = await runProgram(file);
        expect(stderr).toBe('');
        expect(status).toBe(0);
        const shown = outputAfter(program);
        if (shown === undefined) return;
        const printed = stdout.split('\n');
        const wanted = shown.code.trimEnd().split('\n');
        if (!/part of/i.test(shown.before)) expect(printed.join('\n').trimEnd()).toBe(wanted.join('\n'));
        let at = 0;
        for (const line of wanted) {
          const found = printed.indexOf(line, at);
          expect(found, `not printed, or not in this order: ${line}\n${stdout}`).toBeGreaterThanOrEqual(0);
          at = found + 1;
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  },
);

test.each(commands)('$readme:$line: lockdep $command', async ({ command }) => {
  const args = command.split(' ').map((word) => (existsSync(repositoryFile(word)) ? repositoryFile(word) : word));
  const { status, stdout, stderr } = await runCommand(...args);
  expect(stderr).toBe('');
  expect(stdout.split('\n').length).toBeGreaterThan(5);
  expect(status, 'clean or with findings').toBeLessThanOrEqual(1);
});

test('what the start command is said to print is printed', { timeout: 60_000 }, async () => {
  const start = blocks.findIndex(({ readme, code }) => readme === 'README.md' && code.includes('pnpm@12 start'));
  const shown = blocks[start + 1]!;
  expect(shown.info).toBe('text');
  const { scripts } = JSON.parse(readFileSync(repositoryFile('package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const examples = [...scripts.start.matchAll(/examples\/\S+\.ts/g)].map(([file]) => file);
  expect(examples.length).toBeGreaterThan(0);
  const outputs = await Promise.all(examples.map((file) => runProgram(repositoryFile(file))));
  expect(outputs.map(({ stdout }) => stdout).join('\n')).toContain(shown.code.trimEnd());
});
