/**
 * `reporters: ['default', '@lockdep/vitest/reporter']`: the order of all test files together.
 *
 * Where test A nests a -> b and test B nests b -> a, no file sees anything wrong; this fails the run and names both. Writes
 * `.vitest/lockdep/report.html` and `graph.json`. Keeps nothing but what the tests have sent.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyBaseline, baselineText, graphText, updateBaseline } from '@lockdep/graph';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { readBaseline } from './baseline-file.ts';
import { inversionText } from './inversion-text.ts';
import { type LockdepOptions, settings } from './options.ts';
import { type RunFindings, runFindings } from './run-findings.ts';
import { runPage } from './run-page.ts';
import type { TestRecord } from './test-record.ts';

export interface LockdepReporterOptions extends LockdepOptions {
  /** Folder of the files written, relative to the root. Default `.vitest/lockdep`. */
  readonly folder?: string;
}

export default class LockdepReporter implements Reporter {
  readonly #options: LockdepReporterOptions;
  #vitest: Vitest | null = null;

  constructor(options: LockdepReporterOptions = {}) {
    this.#options = options;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const root = this.#vitest?.config.root ?? process.cwd();
    const provided: LockdepOptions | undefined = this.#vitest?.config.provide?.lockdep;
    const { mode, baseline, updating } = settings({ ...provided, ...this.#options }, process.env);
    if (mode === 'off') return;
    const findings = runFindings(modules.flatMap(recordsOf));
    this.#write(findings, root);
    const known = readBaseline(root, baseline);
    if (updating) {
      const today = new Date().toISOString().slice(0, 10);
      const next = updateBaseline(known, [...findings.reports, ...findings.inversions], today);
      writeFileSync(resolve(root, baseline), baselineText(next));
      this.#log(`lockdep: ${baseline} written, ${next.entries.length} known findings`);
      return;
    }
    const { fresh } = applyBaseline(findings.inversions, known);
    for (const inversion of fresh) this.#error(`\n${inversionText(inversion, root)}\n`);
    if (fresh.length > 0 && mode === 'fail') process.exitCode = 1;
    const { classes, dependencies } = findings.graph;
    this.#log(
      `lockdep: ${classes.length} classes, ${dependencies.length} dependencies, ${findings.reports.length} reports, ${fresh.length} inversions across tests`,
    );
  }

  #write(findings: RunFindings, root: string): void {
    const folder = resolve(root, this.#options.folder ?? '.vitest/lockdep');
    mkdirSync(folder, { recursive: true });
    writeFileSync(resolve(folder, 'report.html'), runPage(findings, root));
    writeFileSync(resolve(folder, 'graph.json'), graphText(findings.graph));
  }

  #log(text: string): void {
    if (this.#vitest === null) console.log(text);
    else this.#vitest.logger.log(text);
  }

  #error(text: string): void {
    if (this.#vitest === null) console.error(text);
    else this.#vitest.logger.error(text);
  }
}

/** The runs of their graphs are named by file and test. */
function recordsOf(module: TestModule): TestRecord[] {
  const all = [module.meta().lockdep, ...[...module.children.allTests()].map((test) => test.meta().lockdep)];
  return all.filter((record) => record !== undefined);
}
