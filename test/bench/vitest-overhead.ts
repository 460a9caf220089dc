/**
 * What `@lockdep/vitest` adds to a suite of a thousand trivial tests that know nothing of locks: CPU time of the whole run, with the
 * setup entry and the reporter over without, in turns.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const TESTS = 1000;
const ROUNDS = 11;

const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));

/** Written by the process itself as it ends: its threads are counted, its start-up too. */
const CPU = `import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => writeFileSync('cpu.json', JSON.stringify(process.cpuUsage())));
`;

function config(withLockdep: boolean): string {
  const ours = { setupFiles: ['@lockdep/vitest/setup'], reporters: ['dot', '@lockdep/vitest/reporter'] };
  const test = { include: ['*.test.js'], pool: 'threads', maxWorkers: 1, reporters: ['dot'] };
  return `export default ${JSON.stringify({ test: withLockdep ? { ...test, ...ours } : test })};\n`;
}

/** As it would be installed, from the sources: JavaScript in node_modules. What it loads only for locks is not there. */
function install(modules: string): void {
  const target = join(modules, '@lockdep/vitest');
  const source = fileURLToPath(new URL('../../packages/vitest', import.meta.url));
  mkdirSync(join(target, 'dist'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  writeFileSync(join(target, 'package.json'), JSON.stringify({ ...manifest, exports: manifest.publishConfig.exports }));
  for (const file of readdirSync(join(source, 'src'))) {
    const code = stripTypeScriptTypes(readFileSync(join(source, 'src', file), 'utf8'));
    const text = code.replaceAll(/(from |import\()'(\.[^']*)\.ts'/g, "$1'$2.js'");
    writeFileSync(join(target, 'dist', file.replace(/\.ts$/, '.js')), text);
  }
}

function project(files: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockdep-overhead-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(vitest, join(folder, 'node_modules/vitest'));
  install(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'cpu.js'), CPU);
  writeFileSync(join(folder, 'bare.config.js'), config(false));
  writeFileSync(join(folder, 'lockdep.config.js'), config(true));
  const body = Array.from(
    { length: TESTS / files },
    (_, at) => `test('adds ${at}', () => expect(${at} + 1).toBe(${at + 1}));`,
  );
  for (let file = 0; file < files; file++) {
    const text = `import { expect, test } from 'vitest';\n${body.join('\n')}\n`;
    writeFileSync(join(folder, `trivial-${file}.test.js`), text);
  }
  return folder;
}

function cpuMs(folder: string, name: string): number {
  const args = ['--import', './cpu.js', join(vitest, 'vitest.mjs'), 'run', '--config', name];
  execFileSync(process.execPath, args, { cwd: folder, stdio: 'pipe', env: { ...process.env, CI: '1', NO_COLOR: '1' } });
  const { user, system }: NodeJS.CpuUsage = JSON.parse(readFileSync(join(folder, 'cpu.json'), 'utf8'));
  return (user + system) / 1000;
}

function measure(files: number): Row[] {
  const folder = project(files);
  try {
    const times = { bare: [] as number[], lockdep: [] as number[] };
    for (let round = -1; round < ROUNDS; round++) {
      // Each goes first every other time.
      const order = ['bare', 'lockdep'] as const;
      for (const which of round % 2 === 0 ? order : order.toReversed()) {
        const time = cpuMs(folder, `${which}.config.js`);
        // The first round fills caches.
        if (round >= 0) times[which].push(time);
      }
    }
    const [bare, lockdep] = [median(times.bare), median(times.lockdep)];
    const best = Math.min(...times.lockdep);
    const section = 'vitest, 1,000 trivial tests';
    const where = files === 1 ? 'in one file' : `in ${files} files`;
    return [
      { section, name: `bare, ${where}`, value: bare, unit: 'ms', best: Math.min(...times.bare) },
      {
        ...{ section, name: `with setup and reporter, ${where}`, value: lockdep, unit: 'ms', best },
        ratio: median(times.lockdep.map((time, round) => time / times.bare[round]!)),
        against: 'bare',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) giveRows([...measure(1), ...measure(10)]);
