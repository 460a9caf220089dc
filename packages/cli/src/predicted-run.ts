/** What prediction says of a replayed run: the deadlocks, and which reports they prove. */
import type { CircularReport, Validator } from '@lockdep/core';
import { type PredictedDeadlock, predict, type RunRecorder } from '@lockdep/predict';

/** The `predictions` of the document of `lockdep replay --predict`. */
export interface PredictedRun {
  readonly deadlocks: readonly PredictedDeadlock[];
  /** Circles of requests looked at. */
  readonly patterns: number;
  /** There were more than were looked at. */
  readonly bounded: boolean;
}

/** Predicts, and raises the verdicts of the reports whose circle is predicted. */
export function predictRun(recorder: RunRecorder, validator: Validator): PredictedRun {
  recorder.stop();
  const { predictions, patterns, bounded } = predict(recorder.trace);
  const deadlocks = predictions.map((prediction) => recorder.describe(prediction));
  for (const report of validator.reports) {
    if (report.kind !== 'circular') continue;
    const proof = deadlocks.find((deadlock) => isOf(report, deadlock));
    if (proof === undefined) continue;
    const tasks = proof.requests.map(({ task }) => task).join(' and ');
    validator.prove(report, { kind: 'predicted', reason: `another schedule of this run deadlocks ${tasks}` });
  }
  return { deadlocks, patterns, bounded };
}

/** Is the circle of the report the one that deadlocks? By the classes that are waited for. */
function isOf({ cycle }: CircularReport, { requests }: PredictedDeadlock): boolean {
  const reported = new Set(cycle.map(({ to }) => to.name));
  const predicted = new Set(requests.map(({ wantsClass }) => wantsClass));
  return reported.size === predicted.size && [...predicted].every((name) => reported.has(name));
}

const PLACES = 4;

/** For people. */
export function predictionText({ deadlocks, patterns, bounded }: PredictedRun): string {
  const looked = `${patterns} ${patterns === 1 ? 'circle' : 'circles'} of requests${bounded ? ', not all of them' : ''}`;
  if (deadlocks.length === 0) return `No deadlock is predicted (${looked}).\n`;
  const blocks = deadlocks.map(({ requests, witness, leftOut }, at) =>
    [
      `Predicted deadlock ${at + 1}: another schedule of this run ends with`,
      ...requests.flatMap(({ task, wants, holds, site }) => [
        `  ${task} holding ${holds} and wanting ${wants}`,
        ...(site?.frames ?? []).slice(0, PLACES).map((frame) => `      at ${frame.text}`),
      ]),
      `  It is reached by the run without ${leftOut} of its events: ${witnessText(witness)}.`,
      '',
    ].join('\n'),
  );
  return `${blocks.join('\n')}\n${deadlocks.length} predicted of ${looked}.\n`;
}

const RUNS = 8;

function witnessText(witness: PredictedDeadlock['witness']): string {
  const shown = witness.slice(-RUNS).map(({ task, events }) => `${events} of ${task}`);
  const hidden = witness.length - shown.length;
  return `${hidden > 0 ? `${hidden} turns, then ` : ''}${shown.join(', ')}, then each asks`;
}
