/** `lockdep check`: runs conformance cases and compares each with its expected report. */

import type { OrderDeclaration } from '@lockdep/graph';
import { type Command, exitStatus, type Output } from '../command.ts';
import { cycleReportsIn, isCycleReports } from '../conformance/cycle-report.ts';
import type { Disagreement, Level } from '../conformance/judge-case.ts';
import { judgeCycleReport } from '../conformance/judge-cycle-report.ts';
import { type RankedEdge, rankCycleReports } from '../conformance/rank-cycle-reports.ts';
import { casesIn, type Judgeable } from '../conformance/read-cases.ts';
import { readDocument } from '../conformance/read-document.ts';
import { CaseError } from '../conformance/run-case.ts';
import { PLAIN_FORMATS } from '../formats.ts';
import { oneOf, parseOptions } from '../options.ts';
import { readOrder } from '../read-order.ts';
import { UsageError } from '../usage-error.ts';

interface FileVerdict {
  readonly file: string;
  readonly total: number;
  readonly agreed: number;
  readonly unsupported: readonly string[];
  readonly disagreed: readonly Disagreement[];
  /** Cycle reports beside a declared order: every edge, ranked. */
  readonly order?: { readonly file: string; readonly edges: readonly RankedEdge[] };
}

const LEVELS = ['auto', 'ideal', 'kernel'] as const;

const options = {
  level: { type: 'string', values: LEVELS, default: 'auto' },
  order: { type: 'string' },
  format: { type: 'string', values: PLAIN_FORMATS, default: 'pretty' },
  json: { type: 'boolean', default: false },
} as const;

export const check: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep check CASES.json... [options]

Runs every case of the files on a fresh validator and compares. Notations are told apart by a case's fields: kernel cases
(up to the first report: kind, step and details), peer cases (is anything reported at level warning or error?). A file of
cycle reports ({"reports":[{"edges":[{"outer","inner"}]}]}) agrees where exactly that cycle is reported, at its last edge.

  --level LEVEL   auto    each case in ideal mode where the recorded kernel's answer is known to be
                          wrong, in kernel mode elsewhere (default)
                  ideal   every case in ideal mode; kernel: every case in kernel mode
  --order FILE    rank every edge of cycle reports against a declared order (see \`lockdep order --help\`):
                  it agrees, contradicts it or is unordered there
  --format FORMAT pretty (default) or json
  --json          one JSON document on standard output:
                  {"files":[{"file","total","agreed","unsupported","disagreed":[{"id","expected","got","step"}],
                  "order"?:{"file","edges":[{"report","edge","outer","inner","rank","declared"}]}}]}

Exit status: 0 all agree, 1 some disagree, 2 a file cannot be used, 3 internal error.

Examples:
  lockdep check cases.json
  lockdep check --json cases.json more.json | jq '.files[].agreed'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('check', args, options);
    if (positionals.length === 0) throw new UsageError('check: no case file given', 'see `lockdep check --help`');
    const level = oneOf('level', values.level, LEVELS);
    const json = oneOf('format', values.format, PLAIN_FORMATS) === 'json' || values.json;
    const order = values.order === undefined ? null : await readOrder(values.order);
    const files: FileVerdict[] = [];
    for (const file of positionals) files.push(await checkFile(file, level, order));
    if (json) output.write(`${JSON.stringify({ files })}\n`);
    else for (const verdict of files) print(verdict, output);
    return files.some((verdict) => verdict.disagreed.length > 0) ? exitStatus.findings : exitStatus.clean;
  },
};

/** The notations are told apart by their fields. */
async function checkFile(file: string, level: Level, order: OrderDeclaration | null): Promise<FileVerdict> {
  const document = await readDocument(file, { what: 'a case file', hint: 'a case file is a JSON array of cases' });
  if (isCycleReports(document)) {
    const reports = cycleReportsIn(file, document);
    const ranked = order === null ? {} : { order: { file: order.name, edges: rankCycleReports(reports, order) } };
    return { ...verdict(file, reports.map(judgeCycleReport)), ...ranked };
  }
  return verdict(
    file,
    casesIn(file, document).map((test) => judgeIn(file, test, level)),
  );
}

function verdict(file: string, answers: readonly (Disagreement | null)[]): FileVerdict {
  const disagreed = answers.filter((answer) => answer !== null);
  return { file, total: answers.length, agreed: answers.length - disagreed.length, unsupported: [], disagreed };
}

/** @throws CaseError that names the file too. */
function judgeIn(file: string, test: Judgeable, level: Level): Disagreement | null {
  try {
    return test.judge(level);
  } catch (error) {
    throw error instanceof CaseError ? new CaseError(`${file}: ${error.message}`) : error;
  }
}

function print({ file, total, agreed, disagreed, order }: FileVerdict, output: Output): void {
  output.write(`${file}: ${agreed} of ${total} agree\n`);
  for (const { id, expected, got } of disagreed)
    output.write(`  ${id}\n    expected ${expected}\n    got      ${got}\n`);
  if (order !== undefined) printRanks(order, output);
}

function printRanks({ file, edges }: NonNullable<FileVerdict['order']>, output: Output): void {
  const count = (wanted: (edge: RankedEdge) => boolean): number => edges.filter(wanted).length;
  const of = (rank: RankedEdge['rank']): number => count((edge) => edge.rank === rank);
  output.write(
    `  against ${file}: of ${edges.length} edges ${of('agrees')} agree, ${of('contradicts')} contradict, ${of('unordered')} are unordered ` +
      `(${count(({ declared }) => !declared)} of them with a class it does not name)\n`,
  );
  const contradicted = Map.groupBy(
    edges.filter(({ rank }) => rank === 'contradicts'),
    ({ outer, inner }) => `${outer} → ${inner}`,
  );
  for (const [edge, { length }] of [...contradicted].sort(([, a], [, b]) => b.length - a.length)) {
    output.write(`    contradicts it: ${edge}${length > 1 ? `, ${length} times` : ''}\n`);
  }
}
