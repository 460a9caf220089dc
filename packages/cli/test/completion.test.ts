/** The completion scripts; that for bash in a real bash. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ruleKinds } from '@lockdep/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/commands.ts';
import { FORMATS, TRACE_FORMATS } from '../src/formats.ts';
import { lockdep } from './run-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-completion-'));
  writeFileSync(join(folder, 'trace.ndjson'), '');
  writeFileSync(join(folder, 'lockdep.bash'), (await lockdep('completion', 'bash')).out);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last word; words as readline splits them, `=` for itself. */
function offered(line: string): string[] {
  const words = `lockdep ${line}`.split(/ |(?<==)|(?==)/);
  const script = `source ./lockdep.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_lockdep
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' });
  return out.split('\n').filter((word) => word !== '');
}

const NAMES = commands.map(({ name }) => name);

describe('bash', () => {
  test('commands', () => {
    expect(offered('')).toEqual([...NAMES, 'help', '--help', '--version']);
    expect(offered('re')).toEqual(['replay', 'report']);
    expect(offered('help ')).toEqual(NAMES);
  });

  test.each(NAMES)('every option of %s', async (name) => {
    const { options } = await commands.find((command) => command.name === name)!.load();
    expect(offered(`${name} --`)).toEqual([...Object.keys(options), 'help'].map((option) => `--${option}`));
  });

  test('values of options, with a space or an equals sign', () => {
    expect(offered('replay --format ')).toEqual([...FORMATS, ...TRACE_FORMATS]);
    expect(offered('report --format=')).toEqual(FORMATS);
    expect(offered('report --format=s')).toEqual(['svg', 'sarif']);
    expect(offered('check --level ')).toEqual(['auto', 'ideal', 'kernel']);
    expect(offered('run --format h')).toEqual(['html']);
    expect(offered('graph --around ')).toEqual([]);
  });

  test('files, rules, shells', () => {
    expect(offered('replay tr')).toEqual(['trace.ndjson']);
    expect(offered('report -o ')).toContain('trace.ndjson');
    expect(offered('explain circ')).toEqual(['circular']);
    expect(offered('explain ')).toEqual([...ruleKinds.map((_, at) => `LD${at + 1}`), ...ruleKinds]);
    expect(offered('completion ')).toEqual(['bash', 'zsh', 'fish']);
  });

  test('run: our options before the command, its own words after it', () => {
    expect(offered('run --rec')).toEqual(['--record']);
    expect(offered('run --format sarif --rec')).toEqual(['--record']);
    expect(offered('run --format=sarif --rec')).toEqual(['--record']);
    expect(offered('run -- bas')).toContain('bash');
    expect(offered('run node tr')).toEqual(['trace.ndjson']);
    expect(offered('run -- node --rec')).toEqual([]);
    expect(offered('run node --rec')).toEqual([]);
  });

  test('a shell that loads it completes lockdep', () => {
    const out = execFileSync('bash', ['--norc', '-c', 'source ./lockdep.bash; complete -p lockdep'], { cwd: folder });
    expect(out.toString()).toBe('complete -F _lockdep lockdep\n');
  });
});

test.each(['zsh', 'fish'])('%s: every command with its summary, and every option', async (shell) => {
  const { status, out } = await lockdep('completion', shell);
  expect(status).toBe(0);
  for (const { name, summary, load } of commands) {
    expect(out).toContain(summary);
    const { options } = await load();
    const mine = out.split('\n').filter((line) => shell === 'zsh' || line.includes(`from ${name}'`));
    for (const option of Object.keys(options)) {
      expect(
        mine.some(
          (line) => line.includes(shell === 'zsh' ? `--${option}` : `-l ${option} `) || line.endsWith(`-l ${option}`),
        ),
      ).toBe(true);
    }
  }
});

test('names one shell', async () => {
  expect(await lockdep('completion')).toMatchObject({ status: 2, err: expect.stringContaining('name one shell') });
  expect(await lockdep('completion', 'tcsh')).toMatchObject({
    status: 2,
    err: expect.stringContaining('nothing for tcsh: there are bash, zsh and fish'),
  });
});
