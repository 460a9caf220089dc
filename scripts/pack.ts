/**
 * Packs every package as it would be published: built from its sources in a copy, so that nothing stale in a `dist` folder gets in
 * and nothing in the working tree changes.
 *
 * `node scripts/pack.ts FOLDER` leaves the tarballs in FOLDER.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export interface PackedPackage {
  readonly name: string;
  /** Its folder below packages. */
  readonly folder: string;
  readonly tarball: string;
}

/** The packages, in the order of their folders. Takes some 20 seconds. */
export function packPackages(destination: string): PackedPackage[] {
  const copy = mkdtempSync(join(tmpdir(), 'lockdep-pack-'));
  try {
    const folders = copySources(copy);
    const bin = (name: string): string => join(root, 'node_modules/.bin', name);
    execFileSync(bin('tsc'), ['-b'], { cwd: copy, stdio: ['ignore', 'inherit', 'inherit'] });
    mkdirSync(destination, { recursive: true });
    return folders.map((folder) => pack(join(copy, 'packages', folder), folder, resolve(destination)));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function copySources(copy: string): string[] {
  for (const file of ['LICENSE', 'pnpm-workspace.yaml', 'tsconfig.base.json'])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const folders = readdirSync(join(root, 'packages'));
  for (const folder of folders) {
    const filter = (path: string): boolean => !['dist', 'test', '.vitest'].includes(basename(path));
    cpSync(join(root, 'packages', folder), join(copy, 'packages', folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter,
    });
  }
  const references = folders.map((folder) => ({ path: `packages/${folder}` }));
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ files: [], references }));
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ name: 'lockdep-workspace', private: true }));
  return folders;
}

function pack(cwd: string, folder: string, destination: string): PackedPackage {
  const { name, version } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as Record<
    'name' | 'version',
    string
  >;
  const args = ['--loglevel=error', '--yes', 'pnpm@12', 'pack', '--pack-destination', destination];
  // What it complains of is in the error.
  execFileSync('npx', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  return { name, folder, tarball: join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`) };
}

if (import.meta.main) {
  const [destination = 'out/packed'] = process.argv.slice(2);
  for (const { name, tarball } of packPackages(destination)) console.log(`${name}  ${tarball}`);
}
