/**
 * `reporters: ['default', '@lockdep/vitest/reporter']`: the order of all test files together.
 *
 * Where test A nests a -> b and test B nests b -> a, no file sees anything wrong; this fails the run and names both. Writes
 * `.vitest/lockdep/report.html` with `report.json`, `report.sarif` and `graph.json`. Keeps nothing but what the tests have sent.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyBaseline, baselineText, graphText, updateBaseline } from '@lockdep/graph';
import { renderSarif, toJson } from '@lockdep/report';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import manifest from '../package.json' with { type: 'json' };
import { readBaseline } from './baseline-file.ts';
import { inversionReports } from './inversion-report.ts';
import { inversionText } from './inversion-text.ts';
import { type LockdepOptions, settings } from './options.ts';
import { type NamedRecord, type RunFindings, runFindings } from './run-findings.ts';
import { runPage } from './run-page.ts';

export interface LockdepReporterOptions extends LockdepOptions {
  /** Folder of the files written, relative to the root. Default `.vitest/lockdep`. */
  readonly folder?: string;
}

export default class LockdepReporter implements Reporter {
  readonly #options: LockdepReporterOptions;
  #vitest: Vitest | null = null;
  readonly #folder: string;

  constructor(options: LockdepReporterOptions = {}) {
    this.#options = options;
    this.#folder = options.folder ?? '.vitest/lockdep';
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const root = this.#vitest?.config.root ?? process.cwd();
    const provided: LockdepOptions | undefined = this.#vitest?.config.provide?.lockdep;
    const { mode, baseline, updating } = settings({ ...provided, ...this.#options }, process.env);
    if (mode === 'off') return;
    const findings = runFindings(modules.flatMap(recordsOf));
    await this.#write(findings, root);
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
    if (fresh.length > 0 && mode === 'fail') {
      process.exitCode = 1;
      this.#error(`lockdep: the run fails for this; LOCKDEP_BASELINE=update takes what is known into ${baseline}\n`);
    }
    const { classes, dependencies } = findings.graph;
    const found = [
      counted(classes.length, 'class', 'classes'),
      counted(dependencies.length, 'dependency', 'dependencies'),
      counted(findings.reports.length, 'report', 'reports'),
      counted(fresh.length, 'inversion across tests', 'inversions across tests'),
    ];
    this.#log(`lockdep: ${found.join(', ')}; see ${this.#folder}/report.html`);
  }

  async #write(findings: RunFindings, root: string): Promise<void> {
    const folder = resolve(root, this.#folder);
    const reports = [...inversionReports(findings.inversions, findings.graph), ...findings.reports];
    mkdirSync(folder, { recursive: true });
    const write = (name: string, text: string): void => writeFileSync(resolve(folder, name), text);
    write('report.html', await runPage(findings, reports, root));
    write('report.json', toJson(reports));
    write('report.sarif', renderSarif(reports, { root, version: manifest.version }));
    write('graph.json', graphText(findings.graph));
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

const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

/** The file's own record, then those of its tests; the runs of their graphs bear the same names. */
function recordsOf(module: TestModule): NamedRecord[] {
  const file = { name: module.relativeModuleId, record: module.meta().lockdep };
  const tests = [...module.children.allTests()].map((test) => ({
    name: `${module.relativeModuleId} > ${test.fullName}`,
    record: test.meta().lockdep,
  }));
  return [file, ...tests].filter((one): one is NamedRecord => one.record !== undefined);
}
