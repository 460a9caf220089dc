/** `lockdep explore`: runs programs under every relevant interleaving, and shows the shortest way to each failure. */
import { basename } from 'node:path';
import { Validator } from '@lockdep/core';
import {
  compileProgram,
  type ExploreOptions,
  type ExploreResult,
  exploreAsync,
  explore as exploreProgram,
  type Failure,
  type Program,
  parseProgramFile,
  progressLine,
  SimulatorError,
  STRATEGIES,
} from '@lockdep/simulator';
import { didYouMean } from '../closest.ts';
import { type Command, exitStatus, type Output } from '../command.ts';
import { type Explored, explorationPage } from '../exploration-page.ts';
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
  explore(options: ExploreOptions): ExploreResult | Promise<ExploreResult>;
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
  --program ID      only this program of the files
  --format FORMAT   pretty (default), json, or html, a page to step through each failing schedule, with what every
                    task holds. -o FILE: there instead of to standard output
  --report html     the page beside the text, into -o FILE
  --json            one JSON document on standard output: {"programs":[{"id","verdict","executions","deadlocks",
                    "failing","sleepBlocked","exhausted","minPreemptions","schedule"}]}

Exit status: 0 no failure found, 1 a deadlock or failure found, 2 usage or input error, 3 internal error.

Examples:
  lockdep explore programs.json --program abba
  lockdep explore model.ts --strategy pos --budget 10000 --seed 7
  lockdep explore model.ts --report html -o model.html
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
    const validator = new Validator();
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
      ...(page ? { validator } : {}),
    };
    const programs = await programsOf(positionals, values.program);
    const documents: object[] = [];
    const explored: Explored[] = [];
    let failing = false;
    for (const { id, explore: run } of programs) {
      const result = await run({ ...request, onProgress: (at) => progress.update(() => `${id}: ${progressLine(at)}`) });
      progress.clear();
      failing ||= result.verdict !== 'ok';
      documents.push(documentOf(id, result));
      explored.push({ id, result });
      if (!json && format !== 'html') print(id, result, output);
    }
    if (json) output.write(`${JSON.stringify({ programs: documents })}\n`);
    if (page) {
      const title = `Exploration of ${positionals.map((file) => basename(file)).join(', ')}`;
      const text = await explorationPage(title, explored, validator);
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
        explore: (options) => asInput(() => exploreProgram(compiled, { validator: null, ...options, leaks: false })),
      };
    }),
  );
}

async function module(file: string): Promise<Named> {
  const program = await loadDefault(file, 'give a module that loads by itself');
  if (typeof program !== 'function' && (typeof program !== 'object' || program === null)) {
    throw new UsageError(`${file}: no program as its default export`, 'export default (sim) => { … }');
  }
  return { id: file, explore: (options) => exploreAsync(program as Program, options) };
}

/** Mistakes in a program file are the user's input. */
function asInput<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof SimulatorError ? new UsageError(error.message) : error;
  }
}

function documentOf(id: string, result: ExploreResult): object {
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
  };
}

/** The failure with the fewest preemptions, a deadlock before others. */
function worst({ failures, verdict }: ExploreResult): Failure | undefined {
  const fitting = failures.filter(({ kind }) => (kind === 'deadlock') === (verdict === 'deadlock'));
  return fitting.toSorted((a, b) => a.minPreemptions - b.minPreemptions)[0];
}

function print(id: string, result: ExploreResult, output: Output): void {
  const { verdict, executions, distinctTraces, deadlocks, failing, failures, estimate } = result;
  output.write(
    `${id}: ${verdict}; ${executions} executions, ${distinctTraces} different; ${deadlocks} deadlocked, ${failing} failed; ${estimate.statement}\n`,
  );
  for (const failure of failures) {
    output.write(`\n${failure.kind}: ${failure.message}\n\n${failure.diagram}\n\nreplay: ${failure.literal}\n\n`);
  }
}
