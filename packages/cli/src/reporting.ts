/**
 * What all reporting commands have in common (`run`, `replay`, `report`, `merge`): their options, the configuration behind them,
 * baseline and declared orders, the formats and the exit status. Files are read before anything long is done.
 */
import type { Report } from '@lockdep/core';
import {
  type BaselineOutcome,
  checkOrder,
  graphText,
  inversionReports,
  type OrderDeclaration,
  withDeclared,
} from '@lockdep/graph';
import { type Around, aroundOf, chosenAround, classesOf } from './around.ts';
import { againstBaseline, baselineLines, baselineSummary, type OpenBaseline, openBaseline } from './baseline-file.ts';
import { exitStatus, type Option, type Output } from './command.ts';
import type { LockdepConfig } from './config.ts';
import { configOptions } from './config-file.ts';
import type { Findings } from './findings.ts';
import { FORMATS, type Format } from './formats.ts';
import { oneOf } from './options.ts';
import { readOrder } from './read-order.ts';
import { renderView } from './render-view.ts';
import { writeOutput } from './write-output.ts';

interface Text extends Option {
  readonly type: 'string';
  readonly multiple?: false;
}

interface Texts extends Option {
  readonly type: 'string';
  readonly multiple: true;
}

interface Flag extends Option {
  readonly type: 'boolean';
  readonly multiple?: false;
}

export const reportingOptions: {
  readonly output: Text;
  readonly around: Text;
  readonly order: Texts;
  readonly save: Text;
  readonly baseline: Text;
  readonly 'update-baseline': Flag;
  readonly 'report-only': Flag;
  readonly json: Flag;
  readonly config: Text;
  readonly 'no-config': Flag;
} = {
  output: { type: 'string', short: 'o' },
  around: { type: 'string', free: true },
  order: { type: 'string', multiple: true },
  save: { type: 'string' },
  baseline: { type: 'string' },
  'update-baseline': { type: 'boolean' },
  'report-only': { type: 'boolean' },
  json: { type: 'boolean' },
  ...configOptions,
};

/** The option by which all of them choose what is shown. */
export const formatOption: Text = { type: 'string', values: FORMATS };

/** The part of the help that describes them. */
export const reportingHelp = `  -o, --output FILE write it there instead
  --around NAMES    restrict the order shown to these classes (comma separated) and their neighbours
  --order FILE      report what contradicts this declared order too; may be repeated (\`lockdep order --help\`)
  --save GRAPH      write the learned order there, for \`lockdep graph\`, \`merge\`, \`diff\` and \`order\`
  --baseline FILE   show and count only what is new: not in FILE (lockdep.baseline.json), nor suppressed there
  --update-baseline write what is found into FILE, keeping its reasons and suppressions; then nothing is new
  --report-only     findings do not make the exit status 1
  --config FILE     settings; default: the nearest lockdep.config.{ts,mts,js,mjs,json}. --no-config: none
`;

/** What the command line says, as parsed. */
export interface ReportingValues {
  readonly output?: string | undefined;
  readonly around?: string | undefined;
  readonly order?: readonly string[] | undefined;
  readonly save?: string | undefined;
  readonly baseline?: string | undefined;
  readonly 'update-baseline'?: boolean | undefined;
  readonly 'report-only'?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The same with the configuration behind it, and with the files open. */
export interface Reporting {
  readonly format: Format;
  /** A file, or `-`; null: where it usually goes. */
  readonly output: string | null;
  readonly json: boolean;
  readonly around: Around;
  readonly orders: readonly OrderDeclaration[];
  readonly save: string | null;
  readonly baseline: OpenBaseline;
  readonly reportOnly: boolean;
}

export async function openReporting(
  values: ReportingValues,
  format: string | undefined,
  config: LockdepConfig,
): Promise<Reporting> {
  const orders: OrderDeclaration[] = [];
  for (const file of values.order ?? config.orders ?? []) orders.push(await readOrder(file));
  return {
    format: oneOf('format', format ?? config.format ?? 'pretty', FORMATS),
    output: values.output ?? null,
    json: values.json ?? false,
    around: aroundOf(values.around, config),
    orders,
    save: values.save ?? null,
    baseline: await openBaseline({
      file: values.baseline ?? config.baseline ?? null,
      update: values['update-baseline'] ?? false,
      suppressions: config.suppressions ?? [],
    }),
    reportOnly: values['report-only'] ?? (config.mode === 'warn' || config.mode === 'off'),
  };
}

/** What each command says in its own way. */
export interface Telling {
  /** For people. */
  pretty(shown: Findings, style: { readonly color: boolean; readonly around: readonly string[] | null }): string;
  /** The document of `--json`. */
  document(all: readonly Report[]): object;
  /** Something else than a report that makes the exit status 1. */
  readonly disagrees?: boolean;
  /** Where what nobody redirects goes. Default: data. */
  readonly write?: { to(text: string): void; readonly color: boolean };
}

/** Writes what was asked for. @returns the exit status. */
export async function tell(found: Findings, reporting: Reporting, telling: Telling, output: Output): Promise<number> {
  const { baseline, save, orders } = reporting;
  const around = chosenAround(reporting.around, found.graph === null ? [] : classesOf(found.graph));
  const saved = save === null && orders.length === 0 ? null : found.saved();
  if (save !== null && saved !== null) await writeOutput('--save', save, graphText(saved));
  const reports = [...found.reports, ...contradictions(saved, orders, found.reports)];
  const outcome = await againstBaseline(reports, baseline);
  const usesBaseline = baseline.file !== null || baseline.suppressions.length > 0;
  const to = telling.write ?? { to: output.write, color: output.writeColor ?? output.writeIsTerminal };
  if (reporting.json) {
    const summary = usesBaseline ? { baseline: baselineSummary(outcome) } : {};
    to.to(`${JSON.stringify({ ...telling.document(reports), ...summary })}\n`);
  }
  if (!reporting.json || reporting.output !== null) {
    const color = to.color && reporting.output === null;
    const shown: Findings = { ...found, reports: outcome.fresh };
    const text =
      reporting.format === 'pretty'
        ? telling.pretty(shown, { color, around }) + (usesBaseline ? `\n${baselineLines(outcome).join('\n')}\n` : '')
        : await renderView(reporting.format, shown, around === null ? {} : { focus: around });
    if (reporting.output === null) to.to(text);
    else if (reporting.output === '-') output.write(text);
    else await writeOutput('--output', reporting.output, text);
  }
  return verdict(outcome, reporting, telling);
}

function verdict(
  { fresh }: BaselineOutcome<Report>,
  { reportOnly }: Reporting,
  { disagrees = false }: Telling,
): number {
  const clean = fresh.every(({ level }) => level === 'note') && !disagrees;
  return clean || reportOnly ? exitStatus.clean : exitStatus.findings;
}

/** What was learned against what is declared, but for what is reported already. */
function contradictions(
  saved: ReturnType<Findings['saved']>,
  orders: readonly OrderDeclaration[],
  reports: readonly Report[],
): Report[] {
  if (saved === null) return [];
  const known = new Set(reports.map(({ fingerprint }) => fingerprint));
  return orders.flatMap((order) => {
    const { inversions } = checkOrder(order, saved);
    const found = inversionReports(inversions, withDeclared(saved, order)).filter(
      ({ fingerprint }) => !known.has(fingerprint),
    );
    for (const { fingerprint } of found) known.add(fingerprint);
    return found;
  });
}
