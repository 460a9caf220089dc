/**
 * `reporters: ['default', '@lockdep/vitest/reporter']`: the order of all test files together.
 *
 * Where test A nests a -> b and test B nests b -> a, no file sees anything wrong; this fails the run and names both. Writes
 * `.vitest/lockdep/report.html` with `report.json`, `report.sarif` and `graph.json`. Keeps nothing but what the tests have sent; a
 * run without locks costs this module, and clears what an earlier one has written.
 */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { type LockdepOptions, type Settings, settings } from './options.ts';
import type { NamedRecord } from './run-findings.ts';

export interface LockdepReporterOptions extends LockdepOptions {
  /** Folder of the files written, relative to the root. Default `.vitest/lockdep`. */
  readonly folder?: string;
}

const FILES = ['report.html', 'report.json', 'report.sarif', 'graph.json'];

export default class LockdepReporter implements Reporter {
  readonly #options: LockdepReporterOptions;
  #vitest: Vitest | null = null;

  constructor(options: LockdepReporterOptions = {}) {
    this.#options = options;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    // A mistake in them stops the run before it begins.
    this.#settings();
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const root = this.#vitest?.config.root ?? process.cwd();
    const chosen = this.#settings();
    if (chosen.mode === 'off') return;
    const { folder = '.vitest/lockdep' } = this.#options;
    const records = modules.flatMap(recordsOf);
    if (records.length === 0 && !chosen.updating) {
      for (const file of FILES) rmSync(resolve(root, folder, file), { force: true });
      return;
    }
    const { settleRun } = await import('./settle-run.ts');
    const out = this.#vitest?.logger ?? console;
    const fails = await settleRun(records, {
      ...{ root, folder, settings: chosen },
      log: (text) => out.log(text),
      error: (text) => out.error(text),
    });
    if (fails) process.exitCode = 1;
  }

  #settings(): Settings {
    const provided: LockdepOptions | undefined = this.#vitest?.config.provide?.lockdep;
    return settings({ ...provided, ...this.#options }, process.env);
  }
}

/** The file's own record, then those of its tests; the runs of their graphs bear the same names. */
function recordsOf(module: TestModule): NamedRecord[] {
  const file = { name: module.relativeModuleId, record: module.meta().lockdep };
  const tests = [...module.children.allTests()].map((test) => ({
    name: `${module.relativeModuleId} > ${test.fullName}`,
    record: test.meta().lockdep,
  }));
  return [file, ...tests].filter((one): one is NamedRecord => one.record !== undefined);
}
