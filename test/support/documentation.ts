/** The documentation as the tests see it: blocks of code, command lines, and what each is said to print. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { repositoryFile } from './data-files.ts';

export interface Block {
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

const below = (folder: string): string[] =>
  readdirSync(repositoryFile(folder)).map((name) => `${folder}/${name}/README.md`);
/** READMEs of the root and of packages, and the guides beside the examples. */
export const readmes = ['README.md', ...below('packages'), ...below('examples')].filter((readme) =>
  existsSync(repositoryFile(readme)),
);
export const blocks = readmes.flatMap(blocksOf);
export const programs = blocks.filter(({ info }) => info === 'ts run');

export interface CommandLine {
  readonly block: Block;
  readonly line: number;
  readonly command: 'lockdep' | 'example';
  readonly args: string;
}

export const commands: CommandLine[] = blocks
  .filter(({ info }) => info === 'sh')
  .flatMap((block) =>
    block.code.split('\n').flatMap((text, at) => {
      const match = /^npx -y pnpm@12 (?:--silent )?(lockdep|example) (.*?)(?: +#.*)?$/.exec(text);
      if (match === null) return [];
      return [{ block, line: block.line + at + 1, command: match[1] as CommandLine['command'], args: match[2]! }];
    }),
  );

/** The `text` blocks between a block and the next one that does something. */
export function outputsAfter(block: Block): Block[] {
  const rest = blocks.slice(blocks.indexOf(block) + 1);
  const end = rest.findIndex(({ readme, info }) => readme !== block.readme || info !== 'text');
  return end < 0 ? rest : rest.slice(0, end);
}

/** Each block is what was printed; or, where the words before it say "part of", lines of it in this order. */
export function expectPrinted(stdout: string, shown: readonly Block[]): void {
  const printed = stdout.split('\n');
  for (const { before, code } of shown) {
    const wanted = code.trimEnd().split('\n');
    if (!/part of/i.test(before)) expect(printed.join('\n').trimEnd()).toBe(wanted.join('\n'));
    let at = 0;
    for (const line of wanted) {
      const found = printed.indexOf(line, at);
      expect(found, `not printed, or not in this order: ${line}\n${stdout}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
  }
}
