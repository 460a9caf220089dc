import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Outside this repository the names alone do; vitest looks them up without our condition, and would take an older build. */
const source = (name: string): string => fileURLToPath(import.meta.resolve(name));
/** By address, for the same reason; the name would do elsewhere. */
const reporter: string = import.meta.resolve('@lockdep/vitest/reporter');
const { default: LockdepReporter } = (await import(reporter)) as typeof import('@lockdep/vitest/reporter');
const conditions = ['@lockdep/source', 'module', 'node', 'development|production'];

/** A project that uses `@lockdep/vitest`, with tests that fail on purpose. The tests of that package run it as a child process. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 20_000,
    include: ['tests/**/*.sample.ts'],
    setupFiles: [source('@lockdep/vitest/setup')],
    reporters: [
      './sample-reporter.ts',
      new LockdepReporter({ folder: process.env['SAMPLE_FOLDER'] ?? '.vitest/lockdep' }),
    ],
    provide: { lockdep: { baseline: process.env['SAMPLE_BASELINE'] ?? 'lockdep.baseline.json' } },
  },
});
