/**
 * What follows from a run in which locks were taken: the files written, the baseline held against it, and what the terminal says.
 * Loaded for such runs only, since graphs and renderers take longer to load than a thousand trivial tests take to run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Report } from '@lockdep/core';
import {
  applyBaseline,
  baselineText,
  graphText,
  type InversionWords,
  inversionReports,
  updateBaseline,
} from '@lockdep/graph';
import { renderSarif, toJson } from '@lockdep/report';
import manifest from '../package.json' with { type: 'json' };
import { readBaseline } from './baseline-file.ts';
import { inversionText } from './inversion-text.ts';
import type { Settings } from './options.ts';
import { type NamedRecord, type RunFindings, runFindings } from './run-findings.ts';
import { runPage } from './run-page.ts';

/** The tests take the place of runs, and of tasks. */
const OF_TESTS: InversionWords = {
  message: ({ from, to }) =>
    `No test shows it alone: ${to.name} is taken under ${from.name} in one test, and the other way round in others.`,
  reason: () => 'code that does what these tests do at the same time can deadlock',
  task: ({ run }) => run,
};

export interface RunContext {
  readonly root: string;
  /** Of the files written, relative to the root. */
  readonly folder: string;
  readonly settings: Settings;
  readonly log: (text: string) => void;
  readonly error: (text: string) => void;
}

/** @returns whether the run fails for what its files do not show alone. */
export async function settleRun(records: readonly NamedRecord[], context: RunContext): Promise<boolean> {
  const { root, folder, settings, log, error } = context;
  const { mode, baseline, updating } = settings;
  const findings = runFindings(records);
  await writeFiles(findings, context);
  const known = readBaseline(root, baseline);
  if (updating) {
    const today = new Date().toISOString().slice(0, 10);
    const next = updateBaseline(known, [...findings.reports, ...findings.inversions], today);
    writeFileSync(resolve(root, baseline), baselineText(next));
    log(`lockdep: ${baseline} written, ${counted(next.entries.length, 'known finding')}`);
    return false;
  }
  const { fresh } = applyBaseline(findings.inversions, known);
  const fails = fresh.length > 0 && mode === 'fail';
  for (const inversion of fresh) error(`\n${inversionText(inversion, root)}\n`);
  if (fails) error(`lockdep: the run fails for this; LOCKDEP_BASELINE=update takes what is known into ${baseline}\n`);
  const found = [
    counted(findings.graph.classes.length, 'class', 'classes'),
    counted(findings.graph.dependencies.length, 'dependency', 'dependencies'),
    counted(findings.reports.length, 'report'),
    counted(fresh.length, 'inversion across tests', 'inversions across tests'),
  ];
  log(`lockdep: ${found.join(', ')}; see ${folder}/report.html`);
  return fails;
}

async function writeFiles(findings: RunFindings, { root, folder }: RunContext): Promise<void> {
  const path = resolve(root, folder);
  const reports: readonly Report[] = [
    ...inversionReports(findings.inversions, findings.graph, OF_TESTS),
    ...findings.reports,
  ];
  mkdirSync(path, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(resolve(path, name), text);
  write('report.html', await runPage(findings, reports, root));
  write('report.json', toJson(reports));
  write('report.sarif', renderSarif(reports, { root, version: manifest.version }));
  write('graph.json', graphText(findings.graph));
}

function counted(count: number, one: string, more: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
