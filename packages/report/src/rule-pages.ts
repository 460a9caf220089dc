/**
 * The pages of the rules, `rules/LD1.md` … of this package: what each means, an example that breaks it, the usual cures, how to silence
 * it with a reason. Read from disk when asked for, each once.
 */
import { readFileSync } from 'node:fs';
import { type ReportKind, rules } from '@lockdep/core';

/** All kinds of reports, by number of their rule. */
export const ruleKinds: readonly ReportKind[] = (Object.keys(rules) as ReportKind[]).toSorted(
  (a, b) => Number(rules[a].id.slice(2)) - Number(rules[b].id.slice(2)),
);

const pages = new Map<ReportKind, string>();

/** The page of a kind's rule, as Markdown. */
export function rulePage(kind: ReportKind): string {
  let page = pages.get(kind);
  if (page === undefined) {
    page = readFileSync(new URL(`../rules/${rules[kind].id}.md`, import.meta.url), 'utf8');
    pages.set(kind, page);
  }
  return page;
}
