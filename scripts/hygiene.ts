/**
 * Checks the packages as they would be published: publint and attw over the packed tarballs, knip over the workspace, and that
 * changesets can read its configuration.
 *
 * The tools are no dependencies of the workspace, so that a fresh clone does not wait for them: pnpm fetches them, pinned, when this runs.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { packPackages } from './pack.ts';

const TOOLS = [
  'publint@0.3.25',
  '@arethetypeswrong/cli@0.18.5',
  'knip@6.44.0',
  '@changesets/cli@3.0.3',
  'typescript@5.9.3',
];
const root = resolve(import.meta.dirname, '..');
const folder = resolve(root, 'out/packed');

rmSync(folder, { recursive: true, force: true });
const packed = packPackages(folder);
const checks = [
  ...packed.flatMap(({ tarball }) => [
    `publint run ${tarball} --strict --pack false`,
    `attw ${tarball} --profile esm-only --format ascii --quiet`,
  ]),
  'knip --no-progress',
  'changeset status',
];
const script = checks.map((check) => `echo '> ${check}'; ${check} || failed=1`).join('\n');
const { status } = spawnSync(
  'npx',
  [
    ...['--loglevel=error', '--yes', 'pnpm@12', ...TOOLS.map((tool) => `--package=${tool}`), '--silent', 'dlx'],
    ...['--shell-mode', `failed=0\n${script}\nexit $failed`],
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
if (process.exitCode === 0) console.log(`${packed.length} packages are fit to be published`);
