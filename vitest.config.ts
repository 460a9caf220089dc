import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@lockdep/source', 'module', 'node', 'development|production'];
const long = process.env['LOCKDEP_LONG'] === '1';
const include = long ? '*.long.test.ts' : '*.test.ts';
const exclude = long ? ['**/node_modules/**'] : ['**/node_modules/**', '**/*.long.test.ts'];

const project = (name: string, root: string, pattern: string) => ({
  test: { name, root, include: [pattern], exclude, testTimeout: long ? 600_000 : 90_000 },
});

/** One project per package, then what crosses packages. `pnpm test:long` runs the `*.long.test.ts` campaigns instead. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // vitest leaves one core free by itself: on two, that is half of them.
    maxWorkers: availableParallelism(),
    reporters: ['default', './scripts/count-reporter.ts'],
    projects: [
      ...readdirSync('packages').map((name) => project(name, `packages/${name}`, `test/**/${include}`)),
      project('test', 'test', `**/${include}`),
    ],
  },
});
