/**
 * Writes the API reference of all packages to out/api, from the TSDoc in the sources.
 *
 * TypeDoc needs the compiler's JavaScript interface, which TypeScript 7 no longer has, so it brings TypeScript 6 along. Both are
 * fetched, pinned, when this runs: the workspace does not depend on them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const TOOLS = ['typedoc@0.28.20', 'typescript@6.0.3'];
const root = resolve(import.meta.dirname, '..');
const out = resolve(root, 'out');

/** The sources that the package's exports name. */
function entryPoints(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(resolve(root, 'packages', folder, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>;
  };
  return Object.values(manifest.exports).flatMap((target) => {
    const source = typeof target === 'string' ? undefined : target['@lockdep/source'];
    return source === undefined ? [] : resolve(root, 'packages', folder, source);
  });
}

mkdirSync(out, { recursive: true });
const tsconfig = resolve(out, 'api.tsconfig.json');
const compilerOptions = { rootDir: root, composite: false, declaration: true, noEmit: true, types: ['node'] };
const include = ['../packages/*/src'];
writeFileSync(tsconfig, JSON.stringify({ extends: '../tsconfig.base.json', compilerOptions, include }));
const options = resolve(out, 'api.typedoc.json');
writeFileSync(
  options,
  JSON.stringify({
    name: 'lockdep',
    tsconfig,
    entryPoints: readdirSync(resolve(root, 'packages')).flatMap(entryPoints),
    out: resolve(out, 'api'),
    readme: 'none',
    excludeInternal: true,
    excludeExternals: true,
    validation: { notExported: false, invalidLink: true },
  }),
);
const packages = TOOLS.map((tool) => `--package=${tool}`);
const args = ['--loglevel=error', '--yes', 'pnpm@12', ...packages, '--silent', 'dlx', 'typedoc', '--options', options];
const { status } = spawnSync('npx', args, { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
