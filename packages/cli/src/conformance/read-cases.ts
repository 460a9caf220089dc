/** Reads a file of conformance cases: a JSON array of case objects, or an object whose `cases` is one; plain, .gz or .zst. */
import { readTrace } from '@lockdep/trace';
import { UsageError } from '../usage-error.ts';
import type { ConformanceCase } from './conformance-case.ts';

/** @throws TraceError when the file cannot be read, UsageError that says which file, which case and what is wrong with it. */
export async function readCases(file: string): Promise<ConformanceCase[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readTrace(file)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${file}: not JSON: ${error instanceof Error ? error.message : error}`,
      'a case file is a JSON array of cases',
    );
  }
  const cases = Array.isArray(data) ? data : (data as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases))
    throw new UsageError(`${file}: no cases in it`, 'a case file is a JSON array of cases, or {"cases": [...]}');
  for (const [index, test] of cases.entries()) checkShape(file, index, test);
  return cases as ConformanceCase[];
}

function checkShape(file: string, index: number, test: unknown): void {
  const fields = test as Partial<Record<keyof ConformanceCase, unknown>> | null;
  const where = `${file}: case ${index}${typeof fields?.id === 'string' ? ` (${fields.id})` : ''}`;
  const fail = (what: string): never => {
    throw new UsageError(`${where}: ${what}`, 'a case has id, locks, steps and expect');
  };
  if (typeof fields !== 'object' || fields === null) return fail('not an object');
  if (typeof fields.id !== 'string') fail('no id');
  if (!isObject(fields.locks)) return fail('no locks');
  for (const [name, lock] of Object.entries(fields.locks)) {
    if (!isObject(lock) || typeof lock['kind'] !== 'string') fail(`lock ${name} has no kind`);
  }
  if (!Array.isArray(fields.steps)) return fail('no steps');
  for (const [at, step] of fields.steps.entries()) {
    if (!isObject(step) || typeof step['op'] !== 'string') fail(`step ${at} has no op`);
  }
  if (fields.expect !== 'SUCCESS' && fields.expect !== 'FAILURE')
    fail(`expect is ${JSON.stringify(fields.expect)}, neither SUCCESS nor FAILURE`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
