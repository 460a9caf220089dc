/**
 * The baseline of a project: findings that are known, and what is not to be reported, each with its reason. A file that people
 * commit and edit (`lockdep.baseline.json`; shape: `@lockdep/graph/schema/baseline.schema.json`). Nothing in it names a line, and
 * entries name no file, so it survives moved lines and renamed files.
 */
import { byCodeUnits } from './by-code-units.ts';
import { JsonReader, own, parseJson } from './json-reader.ts';

/** How a baseline file names itself. */
export const BASELINE_FORMAT = 'lockdep-baseline';
/** The version of baselines that is written, and the newest that is read. */
export const BASELINE_VERSION = 1;

/** A finding that is known. */
export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  /** The classes involved, for people; the fingerprint decides. */
  readonly classes: readonly string[];
  /** Why it is tolerated. */
  readonly reason: string;
  /** The day it came in: `2026-03-31`. */
  readonly firstSeen: string;
}

/** Silences findings about exactly these two classes (display names, or names without `#2` and `/1`), in either direction. */
export interface PairSuppression {
  readonly pair: readonly [string, string];
  readonly reason: string;
}

/**
 * Silences findings in which a lock was taken at, or under a call from, a matching place: the end of a path
 * (`legacy/*.ts`, `src/old/**`) or a function's name. `*` stands for anything but a slash, `**` for anything.
 */
export interface SiteSuppression {
  readonly site: string;
  readonly reason: string;
}

/** What is never to be reported: a pair of classes, or a place. */
export type Suppression = PairSuppression | SiteSuppression;

/** Known findings, and what is never to be reported, with reasons. */
export interface Baseline {
  readonly format: typeof BASELINE_FORMAT;
  readonly version: typeof BASELINE_VERSION;
  /** Sorted by fingerprint. */
  readonly entries: readonly BaselineEntry[];
  readonly suppressions: readonly Suppression[];
}

/** A baseline that knows nothing. */
export const emptyBaseline: Baseline = {
  format: BASELINE_FORMAT,
  version: BASELINE_VERSION,
  entries: [],
  suppressions: [],
};

const HINT = 'give a file that --update-baseline has written, or repair it by hand';

/** The file of a baseline: sorted, one line an entry, as `git diff` likes it. */
export function baselineText({ format, version, entries, suppressions }: Baseline): string {
  const sorted = entries.toSorted((a, b) => byCodeUnits(a.fingerprint, b.fingerprint));
  const list = (items: readonly unknown[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  return `{
  "format": ${JSON.stringify(format)},
  "version": ${version},
  "entries": ${list(sorted)},
  "suppressions": ${list(suppressions)}
}
`;
}

/** The baseline in a file's text; `file` is for error messages. @throws GraphFileError for anything else. */
export function parseBaseline(text: string, file: string): Baseline {
  const reader = new JsonReader(file, HINT);
  const data = reader.envelope(parseJson(text, file, HINT), BASELINE_FORMAT, BASELINE_VERSION);
  const entries = reader
    .array('', data, 'entries')
    .map((item, index) => readEntry(reader, `entries[${index}]`, item))
    .sort((a, b) => byCodeUnits(a.fingerprint, b.fingerprint));
  for (const [at, { fingerprint }] of entries.entries()) {
    if (entries[at + 1]?.fingerprint === fingerprint) reader.fail('entries', `${fingerprint} is there twice`);
  }
  const suppressions = own(data, 'suppressions') === undefined ? [] : reader.array('', data, 'suppressions');
  return {
    ...emptyBaseline,
    entries,
    suppressions: suppressions.map((item, index) => readSuppression(reader, `suppressions[${index}]`, item)),
  };
}

function readEntry(reader: JsonReader, at: string, item: unknown): BaselineEntry {
  const fields = reader.object(at, item);
  return {
    fingerprint: reader.string(at, fields, 'fingerprint'),
    rule: reader.string(at, fields, 'rule'),
    classes: reader.strings(at, fields, 'classes'),
    reason: reader.string(at, fields, 'reason'),
    firstSeen: reader.string(at, fields, 'firstSeen'),
  };
}

function readSuppression(reader: JsonReader, at: string, item: unknown): Suppression {
  const fields = reader.object(at, item);
  const reason = reader.string(at, fields, 'reason');
  if (reason.trim() === '') reader.fail(`${at}.reason`, 'is empty: say why this is not to be reported');
  const site = reader.optional(at, fields, 'site');
  const hasPair = own(fields, 'pair') !== undefined;
  if ((site !== null) === hasPair) reader.fail(at, 'has to have either a pair of classes or a site');
  if (site === null) {
    const pair = reader.strings(at, fields, 'pair');
    if (pair.length !== 2) reader.fail(`${at}.pair`, `has ${pair.length} classes, not two`);
    return { pair: [pair[0]!, pair[1]!], reason };
  }
  if (site.trim() === '') reader.fail(`${at}.site`, 'is empty');
  if (/:\d+$/.test(site)) reader.fail(`${at}.site`, 'names a line: leave it out, lines move');
  return { site, reason };
}
