/**
 * Runs a program on the naive reference and on the real validator and compares the first report. Where they agree on one, the
 * step that caused it is taken out and the rest goes on: so one program gives many reports, and gets to its end.
 */
import type { ReportKind } from '@lockdep/core';
import { type FirstReport, type Program, programText, type Step } from './program.ts';
import { firstReport } from './reference-validator.ts';
import { runProgram } from './run-program.ts';
import { shrink } from './shrink.ts';

export interface Comparison {
  /** The program, without the steps taken out, that the two disagree on; null when there is none. */
  readonly disputed: Program | null;
  /** What both reported, in order. */
  readonly agreed: readonly ReportKind[];
}

/** At most so many reports of one program. */
const REPORTS = 12;

export function compare(program: Program): Comparison {
  const agreed: ReportKind[] = [];
  let rest = program;
  while (agreed.length < REPORTS) {
    const expected = firstReport(rest);
    if (!same(expected, runProgram(rest))) return { disputed: rest, agreed };
    if (expected === null) break;
    agreed.push(expected.kind);
    rest = { ...rest, steps: without(rest.steps, expected.step) };
  }
  return { disputed: null, agreed };
}

/** The smallest program with a dispute like this one, and who says what. */
export function explain(disputed: Program): string {
  const smallest = shrink(disputed, (program) => !same(firstReport(program), runProgram(program)));
  return `the reference says ${text(firstReport(smallest))}, the validator ${text(runProgram(smallest))}:\n${programText(smallest)}`;
}

/** A step less; of an acquisition the next release goes too, which would now be one too many. */
function without(steps: readonly Step[], at: number): Step[] {
  const step = steps[at]!;
  const rest = steps.toSpliced(at, 1);
  if (step.op !== 'acquire') return rest;
  const release = rest.findIndex((each, index) => index >= at && each.op === 'release' && each.lock === step.lock);
  return release < 0 ? rest : rest.toSpliced(release, 1);
}

const same = (a: FirstReport | null, b: FirstReport | null): boolean => a?.step === b?.step && a?.kind === b?.kind;

const text = (report: FirstReport | null): string =>
  report === null ? 'nothing' : `${report.kind} at step ${report.step}`;
