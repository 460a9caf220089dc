/** The baseline file of `--baseline`, and what it says of the findings of a run. */
import { existsSync } from 'node:fs';
import {
  applyBaseline,
  type Baseline,
  type Baselined,
  type BaselineEntry,
  type BaselineOutcome,
  baselineText,
  emptyBaseline,
  parseBaseline,
  type Suppression,
  updateBaseline,
} from '@lockdep/graph';
import { printable } from '@lockdep/report';
import { readText } from './read-text.ts';
import { UsageError } from './usage-error.ts';
import { writeOutput } from './write-output.ts';

export interface BaselineRequest {
  /** Null: no baseline; everything is new. */
  readonly file: string | null;
  /** Write what is found into the file. */
  readonly update: boolean;
  /** What the configuration suppresses besides. */
  readonly suppressions?: readonly Suppression[];
}

/** A baseline that has been read, before anything long is done. */
export interface OpenBaseline extends Required<BaselineRequest> {
  readonly old: Baseline;
}

/** @throws UsageError when the file is to be read and is not there, GraphFileError when it is no baseline. */
export async function openBaseline({ file, update, suppressions = [] }: BaselineRequest): Promise<OpenBaseline> {
  if (file === null && update) {
    throw new UsageError('--update-baseline: no file to write', 'add --baseline lockdep.baseline.json');
  }
  const request = { file, update, suppressions };
  if (file === null) return { ...request, old: emptyBaseline };
  if (existsSync(file)) return { ...request, old: parseBaseline(await readText(file, 'a baseline file'), file) };
  if (update) return { ...request, old: emptyBaseline };
  throw new UsageError(`--baseline ${file}: there is no such file`, 'make it with --update-baseline');
}

/** Findings against the baseline; with `update`, against the one that this writes. */
export async function againstBaseline<T extends Baselined>(
  findings: readonly T[],
  { file, update, old, suppressions }: OpenBaseline,
): Promise<BaselineOutcome<T>> {
  const all = (baseline: Baseline): Baseline => ({
    ...baseline,
    suppressions: [...baseline.suppressions, ...suppressions],
  });
  if (file === null || !update) return applyBaseline(findings, all(old));
  const { suppressed } = applyBaseline(findings, all(old));
  const kept = findings.filter((finding) => !suppressed.includes(finding));
  const updated = updateBaseline(old, kept, new Date().toISOString().slice(0, 10));
  await writeOutput('--baseline', file, baselineText(updated));
  return applyBaseline(findings, all(updated));
}

/** The outcome as data: fingerprints, and the baseline's own leftovers. */
export interface BaselineSummary {
  readonly new: readonly string[];
  readonly known: readonly string[];
  readonly suppressed: readonly string[];
  readonly stale: readonly BaselineEntry[];
  readonly unused: readonly Suppression[];
}

export function baselineSummary({
  fresh,
  known,
  suppressed,
  stale,
  unused,
}: BaselineOutcome<Baselined>): BaselineSummary {
  const marks = (findings: readonly Baselined[]): string[] => findings.map(({ fingerprint }) => fingerprint);
  return { new: marks(fresh), known: marks(known), suppressed: marks(suppressed), stale, unused };
}

/** The outcome in words. */
export function baselineLines({ fresh, known, suppressed, stale, unused }: BaselineOutcome<Baselined>): string[] {
  return [
    `Baseline: ${fresh.length} new, ${known.length} known, ${suppressed.length} suppressed.`,
    ...stale.map(
      ({ fingerprint, classes }) =>
        `  ${fingerprint} (${classes.map(printable).join(', ')}) was not found: --update-baseline takes it out`,
    ),
    ...unused.map((suppression) => {
      const what = 'site' in suppression ? `of site ${suppression.site}` : `of ${suppression.pair.join(' and ')}`;
      return `  the suppression ${printable(what)} matched nothing: is it still needed?`;
    }),
  ];
}
