/** Reads a document of conformance cases: a JSON array of case objects, or an object whose `cases` is one. */
import { UsageError } from '../usage-error.ts';
import type { Disagreement, Level } from './judge-case.ts';
import { isObject, notations } from './notations.ts';

/** A case of whatever notation, ready to be run; null when it agrees. */
export interface Judgeable {
  judge(level: Level): Disagreement | null;
}

/** The cases of a document. @throws UsageError that says which file, which case and what is wrong with it. */
export function casesIn(file: string, data: unknown): Judgeable[] {
  const listed = Array.isArray(data) ? data : isObject(data) ? (data['cases'] ?? data['reports']) : null;
  if (!Array.isArray(listed))
    throw new UsageError(`${file}: no cases in it`, 'a case file is a JSON array of cases, or {"cases": [...]}');
  return listed.map((test: unknown, index) => recognised(file, index, test));
}

function recognised(file: string, index: number, test: unknown): Judgeable {
  const id = isObject(test) && typeof test['id'] === 'string' ? ` (${test['id']})` : '';
  const where = `${file}: case ${index}${id}`;
  if (!isObject(test)) throw new UsageError(`${where}: not an object`, 'a case has id, locks, steps and expect');
  const notation = notations.find((known) => known.marks.every((mark) => mark in test)) ?? notations.at(-1)!;
  const problem = notation.problem(test);
  if (problem !== null) throw new UsageError(`${where}: ${problem}`, notation.hint);
  return { judge: (level) => notation.judge(test, level) };
}
