/**
 * Checks the packages as they would be published: publint and attw over the packed tarballs, knip over the workspace, and that
 * changesets can read its configuration. `--if-reachable`: without a registry to fetch the tools from, say so and be content.
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

/** Runs a shell script that can use the tools. */
function withTools(script: string): number {
  const packages = TOOLS.map((tool) => `--package=${tool}`);
  const args = ['--loglevel=error', '--yes', 'pnpm@12', ...packages, '--silent', 'dlx', '--shell-mode', script];
  return spawnSync('npx', args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

function check(): number {
  if (withTools('true') !== 0) {
    const optional = process.argv.includes('--if-reachable');
    console.error(`hygiene: ${optional ? 'skipped: ' : ''}${TOOLS.join(', ')} cannot be fetched from the registry`);
    return optional ? 0 : 1;
  }
  rmSync(folder, { recursive: true, force: true });
  const packed = packPackages(folder);
  const checks = [
    ...packed.flatMap(({ tarball }) => [
      `publint run ${tarball} --strict --pack false`,
      `attw ${tarball} --profile esm-only --format ascii --quiet`,
    ]),
    'knip --no-progress --treat-config-hints-as-errors',
    'changeset status',
  ];
  const lines = checks.map((command) => `echo '> ${command}'; ${command} || failed=1`);
  const status = withTools(['failed=0', ...lines, 'exit $failed'].join('\n'));
  if (status === 0) console.log(`${packed.length} packages are fit to be published`);
  return status;
}

process.exitCode = check();
