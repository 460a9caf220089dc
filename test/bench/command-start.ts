/**
 * How long the command takes to start: the help and a page, built as it is published and from the sources (where Node strips the
 * types first), and what `lockdep run` adds to a program. Processes are compared, so this is wall-clock time; the best round says
 * what it costs when nobody disturbs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { repositoryFile } from '../support/data-files.ts';
import { median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const ROUNDS = 15;
const WARM_UP = 2;
const SOURCE = '--conditions=@lockdep/source';
const COMMAND = [SOURCE, repositoryFile('packages/cli/src/main.ts')];
const PROGRAM = [SOURCE, repositoryFile('packages/cli/test/programs/inversion.ts')];

const BUILT = repositoryFile('packages/cli/dist/main.js');
const isBuilt = existsSync(BUILT);
const contenders: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  ...(isBuilt
    ? { 'lockdep --help, built': [BUILT, '--help'], 'lockdep explain LD2, built': [BUILT, 'explain', 'LD2'] }
    : {}),
  'lockdep --help, from the sources': [...COMMAND, '--help'],
  'a program with two locks': PROGRAM,
  'the same under lockdep run': [...COMMAND, 'run', '--report-only', '--', process.execPath, ...PROGRAM],
};

function milliseconds(args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return performance.now() - began;
}

const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS + WARM_UP; round++) {
  for (const [name, args] of Object.entries(contenders)) {
    const time = milliseconds(args);
    if (round >= WARM_UP) times.get(name)!.push(time);
  }
}
const section = 'Start of the command';
const bare = median(times.get('node -e 0')!);
const notBuilt: Row = { section, name: 'lockdep, built', value: 0, unit: 'ms', skipped: 'no dist: pnpm build first' };
giveRows([
  ...(isBuilt ? [] : [notBuilt]),
  ...[...times].map(
    ([name, all]): Row => ({
      section,
      name,
      value: median(all),
      best: Math.min(...all),
      unit: 'ms',
      ...(name === 'node -e 0' ? {} : { ratio: median(all) / bare, against: 'node -e 0' }),
    }),
  ),
]);
