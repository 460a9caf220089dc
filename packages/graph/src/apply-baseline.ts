/** Findings against a baseline: which are new, which known, which suppressed; and what of the baseline nothing matched. */
import type { Level } from '@lockdep/core';
import { type Baseline, type BaselineEntry, emptyBaseline, type Suppression } from './baseline.ts';
import { byCodeUnits } from './by-code-units.ts';
import { findingFacts } from './finding-facts.ts';
import { suppressedBy } from './suppressed-by.ts';

/** What a baseline needs of a finding: a validator's report, or an inversion of a merged graph. */
export interface Baselined {
  readonly fingerprint: string;
  readonly rule: string;
  readonly level?: Level;
}

/** Findings held against a baseline. */
export interface BaselineOutcome<T> {
  /** Neither known nor suppressed: what an exit status counts. */
  readonly fresh: readonly T[];
  readonly known: readonly T[];
  readonly suppressed: readonly T[];
  /** Entries and suppressions that no finding matched. */
  readonly stale: readonly BaselineEntry[];
  readonly unused: readonly Suppression[];
}

/** Why an entry is in the baseline, until somebody says it better. */
export const UNEXPLAINED = 'accepted by --update-baseline; not explained yet';

/** Tells new findings from known and suppressed ones. */
export function applyBaseline<T extends Baselined>(
  findings: readonly T[],
  { entries, suppressions }: Baseline,
): BaselineOutcome<T> {
  const found = new Set(findings.map(({ fingerprint }) => fingerprint));
  const marks = new Set(entries.map(({ fingerprint }) => fingerprint));
  const used = new Set<Suppression>();
  const outcome = { fresh: [] as T[], known: [] as T[], suppressed: [] as T[] };
  for (const finding of findings) {
    const facts = findingFacts(finding);
    const matching = suppressions.filter((suppression) => suppressedBy(suppression, facts));
    for (const suppression of matching) used.add(suppression);
    const list = matching.length > 0 ? 'suppressed' : marks.has(finding.fingerprint) ? 'known' : 'fresh';
    outcome[list].push(finding);
  }
  return {
    ...outcome,
    stale: entries.filter(({ fingerprint }) => !found.has(fingerprint)),
    unused: suppressions.filter((suppression) => !used.has(suppression)),
  };
}

/**
 * The baseline that these findings are clean under: known entries keep reason and day, new ones come in, stale ones go. Notes are left
 * out, so that a note that becomes a warning is new. Suppressions stay.
 */
export function updateBaseline<T extends Baselined>(
  baseline: Baseline,
  findings: readonly T[],
  today: string,
): Baseline {
  const { fresh, known } = applyBaseline(findings, baseline);
  const marks = new Set(known.map(({ fingerprint }) => fingerprint));
  const entries = new Map(
    baseline.entries
      .filter(({ fingerprint }) => marks.has(fingerprint))
      .map((entry): [string, BaselineEntry] => [entry.fingerprint, entry]),
  );
  for (const finding of fresh) {
    if (finding.level === 'note') continue;
    const { fingerprint, rule } = finding;
    const { classes } = findingFacts(finding);
    entries.set(fingerprint, { fingerprint, rule, classes, reason: UNEXPLAINED, firstSeen: today });
  }
  const sorted = [...entries.values()].sort((a, b) => byCodeUnits(a.fingerprint, b.fingerprint));
  return { ...emptyBaseline, entries: sorted, suppressions: baseline.suppressions };
}
