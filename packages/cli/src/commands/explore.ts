/** `lockdep explore`: runs programs under every relevant interleaving, shows the shortest way to each failure, and confirms or refutes each inversion. */
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type OrderReport, type Report, Validator } from '@lockdep/core';
import { mergeReports } from '@lockdep/graph';
import { printable, reportHeading } from '@lockdep/report';
import {
  type Confirmation,
  type ConfirmExploredOptions,
  type ConfirmedExploration,
  compileProgram,
  confirmExplored,
  confirmExploredAsync,
  type ExploreOptions,
  type ExploreResult,
  exploreAsync,
  explore as exploreProgram,
  type Failure,
  isOrderReport,
  type Program,
  type ProgramSource,
  parseProgramFile,
  progressLine,
  SimulatorError,
  STRATEGIES,
} from '@lockdep/simulator';
import { didYouMean } from '../closest.ts';
import { type Command, exitStatus, type Output } from '../command.ts';
import { type Explored, explorationPage } from '../exploration-page.ts';
import { exploreInThreads, wantsThreads } from '../explore-in-threads.ts';
import { PLAIN_FORMATS } from '../formats.ts';
import { loadDefault } from '../load-module.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { readText } from '../read-text.ts';
import { UsageError } from '../usage-error.ts';
import { writeOutput } from '../write-output.ts';

/** A program of a file, by name. */
interface Named {
  readonly id: string;
  /** One that fits: what a notation says has no place in code. */
  listener(): Validator;
  /** For other threads. */
  readonly source: ProgramSource;
  /** Whether a lock left held is a failure. */
  readonly leaks: boolean;
  explore(options: ExploreOptions): ExploreResult | Promise<ExploreResult>;
  confirm(result: ExploreResult, options: ConfirmExploredOptions): ConfirmedExploration | Promise<ConfirmedExploration>;
}

/** `html` is the page of `--report`, in the place of the text. */
const SHOWN = [...PLAIN_FORMATS, 'html'] as const;

const options = {
  strategy: { type: 'string', values: STRATEGIES.filter((name) => name !== 'replay'), default: 'auto' },
  budget: { type: 'string', free: true, default: '100000' },
  ms: { type: 'string', free: true, default: '30000' },
  seed: { type: 'string', free: true, default: '1' },
  steps: { type: 'string', free: true, default: '10000' },
  bound: { type: 'string', free: true },
  depth: { type: 'string', free: true },
  workers: { type: 'string', free: true },
  checkpoint: { type: 'string' },
  resume: { type: 'string' },
  'no-confirm': { type: 'boolean', default: false },
  'confirm-ms': { type: 'string', free: true, default: '5000' },
  program: { type: 'string', free: true },
  format: { type: 'string', values: SHOWN, default: 'pretty' },
  report: { type: 'string', values: ['html'] },
  output: { type: 'string', short: 'o' },
  json: { type: 'boolean', default: false },
} as const;

export const explore: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep explore FILE... [options]

FILE.json (plain, .gz or .zst) holds programs in the notation of lock steps; FILE.ts or FILE.js exports one program as its
default: a function (sim) => void that declares locks, variables and tasks.

  --strategy NAME   ${STRATEGIES.slice(0, 7).join(', ')},
                    ${STRATEGIES.slice(7, 13).join(', ')}. Default auto: exhaustive while that fits
                    the budget, then sampling; the answer says which it was
  --budget N        executions at most, each program; default 100000
  --ms N            milliseconds at most, each program; default 30000
  --seed N          of everything random; default 1
  --steps N         steps of one execution at most; default 10000. One that gets there is looked at for a livelock
  --bound N         of context-bound and delay-bound: preemptions or delays at most; default: all
  --depth N         of pct: the depth of bugs it is to find; default 3
  --workers N       explore in N threads, auto: one a processor. Strategies source-dpor (then the default) and
                    sleep-sets; the counts are those of one thread
  --checkpoint FILE write there, every few seconds and at the end or when interrupted, what has been counted and what
                    is left; one program at a time, with or without --workers
  --resume FILE     go on from there
  --no-confirm      leave inversions as they were seen. Without it each is decided: confirmed, with a schedule that
                    deadlocks; refuted, with the reason; or unconfirmed, with how close it came
  --confirm-ms N    milliseconds at most for that, each program; default 5000
  --program ID      only this program of the files
  --format FORMAT   pretty (default), json, or html, a page to step through each failing schedule, with what every
                    task holds. -o FILE: there instead of to standard output
  --report html     the page beside the text, into -o FILE
  --json            one JSON document on standard output: {"programs":[{"id","verdict","executions","deadlocks",
                    "failing","sleepBlocked","exhausted","minPreemptions","schedule","distinctTraces","statement",
                    "inversions":[{"fingerprint","verdict","reason","by"}]}],"reports"}; \`lockdep report\` reads it

Exit status: 0 no failure found, refuted and undecided inversions included, 1 a deadlock or failure found, an inversion
confirmed, 2 usage or input error, 3 internal error.

Examples:
  lockdep explore programs.json --program abba
  lockdep explore model.ts --strategy pos --budget 10000 --seed 7
  lockdep explore model.ts --report html -o model.html
  lockdep explore model.ts --workers 4 --budget 100000000 --ms 3600000 --checkpoint model.checkpoint
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('explore', args, options);
    const format = oneOf('format', values.format, SHOWN);
    const json = format === 'json' || values.json;
    if (positionals.length === 0) throw new UsageError('explore: no file given', 'see `lockdep explore --help`');
    if (values.report !== undefined) oneOf('report', values.report, options.report.values);
    const page = values.report !== undefined || format === 'html';
    if (values.report !== undefined && values.output === undefined) {
      throw new UsageError('explore: --report html goes to a file', 'name it: --report html -o explored.html');
    }
    if (!page && values.output !== undefined) {
      throw new UsageError(
        `explore: nothing to write to ${values.output}`,
        'say what: --format html, or --report html -o FILE',
      );
    }
    const progress = new Progress(output);
    const request: ExploreOptions = {
      strategy: oneOf('strategy', values.strategy, options.strategy.values),
      budget: {
        executions: wholeNumber('budget', values.budget, 1),
        ms: wholeNumber('ms', values.ms),
        steps: wholeNumber('steps', values.steps, 1),
      },
      ...(values.bound === undefined ? {} : { bound: wholeNumber('bound', values.bound) }),
      ...(values.depth === undefined ? {} : { depth: wholeNumber('depth', values.depth, 1) }),
      seed: wholeNumber('seed', values.seed),
    };
    const confirming: ConfirmExploredOptions = {
      budget: { steps: wholeNumber('steps', values.steps, 1), ms: wholeNumber('confirm-ms', values['confirm-ms']) },
      ...(request.seed === undefined ? {} : { seed: request.seed }),
    };
    const threads = wantsThreads(values);
    if (values.workers !== undefined && values.workers !== 'auto') wholeNumber('workers', values.workers, 1);
    const programs = await programsOf(positionals, values.program);
    if (programs.length > 1 && (values.checkpoint ?? values.resume) !== undefined) {
      const known = programs.map(({ id }) => id).join(', ');
      throw new UsageError(`a checkpoint is of one program, and there are ${known}`, 'choose with --program ID');
    }
    const documents: object[] = [];
    const explored: Explored[] = [];
    let failing = false;
    for (const program of programs) {
      const { id } = program;
      const validator = program.listener();
      const listening = page ? { validator } : {};
      const onProgress: ExploreOptions['onProgress'] = (at) => progress.update(() => `${id}: ${progressLine(at)}`);
      const note = (text: string): void => {
        progress.clear();
        output.note(text);
      };
      const seen = threads
        ? await exploreInThreads(program.source, program.leaks, { ...request, onProgress }, values, note)
        : await program.explore({ ...request, ...listening, onProgress });
      const result = values['no-confirm']
        ? { ...seen, confirmations: [] }
        : await confirm(program, seen, { ...confirming, validator }, progress);
      progress.clear();
      failing ||= result.verdict !== 'ok';
      documents.push(documentOf(id, result));
      explored.push({ id, result, ...listening });
      if (!json && format !== 'html') print(id, result, output);
    }
    if (json) {
      const reports = mergeReports(explored.flatMap(({ result }) => result.reports));
      output.write(`${JSON.stringify({ programs: documents, reports })}\n`);
    }
    if (page) {
      const title = `Exploration of ${positionals.map((file) => basename(file)).join(', ')}`;
      const text = await explorationPage(title, explored);
      if (values.output === undefined) output.write(text);
      else await writeOutput('--output', values.output, text);
    }
    return failing ? exitStatus.findings : exitStatus.clean;
  },
};

function wholeNumber(option: string, text: string, least = 0): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < least) {
    throw new UsageError(`--${option} ${text}: give a whole number${least > 0 ? `, ${least} at least` : ''}`);
  }
  return number;
}

async function programsOf(files: readonly string[], only: string | undefined): Promise<Named[]> {
  const found: Named[] = [];
  for (const file of files) found.push(...(/\.[cm]?[jt]s$/.test(file) ? [await module(file)] : await notation(file)));
  if (only === undefined) return found;
  const chosen = found.filter(({ id }) => id === only);
  if (chosen.length === 0) {
    const known = found.map(({ id }) => id);
    throw new UsageError(`--program ${only}: no such program${didYouMean(only, known)}; there are ${known.join(', ')}`);
  }
  return chosen;
}

async function notation(file: string): Promise<Named[]> {
  const text = await readText(file, 'a program file');
  return asInput(() =>
    parseProgramFile(text, file).map((program) => {
      const compiled = compileProgram(program);
      // The notation counts executions and says nothing of locks left held; nobody listens unless asked, so that counting is fast.
      return {
        id: program.id,
        listener: () => new Validator({ sites: false }),
        source: { notation: program },
        leaks: false,
        explore: (options) => asInput(() => exploreProgram(compiled, { validator: null, ...options, leaks: false })),
        confirm: (result, options) => asInput(() => confirmExplored(compiled, result, options)),
      };
    }),
  );
}

async function module(file: string): Promise<Named> {
  const program = await loadDefault(file, 'give a module that loads by itself');
  if (typeof program !== 'function' && (typeof program !== 'object' || program === null)) {
    throw new UsageError(`${file}: no program as its default export`, 'export default (sim) => { … }');
  }
  return {
    id: file,
    listener: () => new Validator(),
    source: { module: pathToFileURL(resolve(file)).href },
    leaks: true,
    explore: (options) => exploreAsync(program as Program, options),
    confirm: (result, options) => confirmExploredAsync(program as Program, result, options),
  };
}

function confirm(
  { id, confirm: run }: Named,
  seen: ExploreResult,
  options: ConfirmExploredOptions,
  progress: Progress,
): ConfirmedExploration | Promise<ConfirmedExploration> {
  progress.show(`${id}: confirming what its locks may do`);
  return run(seen, options);
}

/** Mistakes in a program file are the user's input. */
function asInput<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof SimulatorError ? new UsageError(error.message) : error;
  }
}

function documentOf(id: string, result: ConfirmedExploration): object {
  const { verdict, executions, deadlocks, failing, sleepBlocked, exhausted, distinctTraces, estimate } = result;
  const first = worst(result);
  return {
    id,
    verdict,
    executions,
    deadlocks,
    failing,
    sleepBlocked,
    exhausted,
    minPreemptions: first?.minPreemptions ?? null,
    schedule: first?.schedule ?? null,
    distinctTraces,
    statement: estimate.statement,
    inversions: inversions(result).map(({ report, by }) => ({ ...inversionFacts(report), by })),
  };
}

interface Inversion {
  readonly report: OrderReport;
  /** What decided it; null where nobody has tried. */
  readonly by: Confirmation['by'] | null;
}

function inversions({ reports, confirmations }: ConfirmedExploration): Inversion[] {
  const decided = new Map<Report, Confirmation>(confirmations.map((one) => [one.report, one]));
  return reports.filter(isOrderReport).map((report) => ({ report, by: decided.get(report)?.by ?? null }));
}

function inversionFacts({ fingerprint, verdict, message }: OrderReport): {
  readonly fingerprint: string;
  readonly verdict: string | null;
  readonly reason: string;
} {
  return { fingerprint, verdict: verdict?.kind ?? null, reason: verdict?.reason ?? message };
}

/** The failure with the fewest preemptions, a deadlock before others. */
function worst({ failures, verdict }: ExploreResult): Failure | undefined {
  const fitting = failures.filter(({ kind }) => (kind === 'deadlock') === (verdict === 'deadlock'));
  return fitting.toSorted((a, b) => a.minPreemptions - b.minPreemptions)[0];
}

function print(id: string, result: ConfirmedExploration, output: Output): void {
  const { verdict, executions, distinctTraces, deadlocks, failing, failures, estimate } = result;
  output.write(
    `${id}: ${verdict}; ${executions} executions, ${distinctTraces} different; ${deadlocks} deadlocked, ${failing} failed; ${estimate.statement}\n`,
  );
  for (const failure of failures) {
    output.write(`\n${failure.kind}: ${failure.message}\n\n${failure.diagram}\n\nreplay: ${failure.literal}\n\n`);
  }
  for (const { report } of inversions(result)) {
    const { verdict, reason } = inversionFacts(report);
    output.write(`${reportHeading(report)}: ${verdict === null ? '' : `${verdict}, `}${printable(reason)}\n`);
    if (report.verdict?.closest !== undefined) output.write(`  closest: ${printable(report.verdict.closest)}\n`);
  }
}
