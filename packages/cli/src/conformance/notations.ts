/**
 * The notations of conformance cases. A case is in the first notation all of whose marks it has; the last takes what is left.
 */
import type { ConformanceCase } from './conformance-case.ts';
import { type Disagreement, judgeCase, type Level } from './judge-case.ts';
import { judgePeerCase } from './judge-peer-case.ts';
import type { PeerCase } from './peer-case.ts';

type Fields = Record<string, unknown>;

export interface Notation {
  /** The fields that tell it from the others. */
  readonly marks: readonly string[];
  /** What is wrong with a case, or null. */
  problem(test: Fields): string | null;
  /** What to do about it. */
  readonly hint: string;
  judge(test: Fields, level: Level): Disagreement | null;
}

export const notations: readonly Notation[] = [
  {
    marks: ['recommended', 'steps'],
    problem: (test) =>
      test['recommended'] === 'report' || test['recommended'] === 'no-report'
        ? stepsProblem(test)
        : `recommended is ${JSON.stringify(test['recommended'])}, neither report nor no-report`,
    hint: 'a peer case has id, locks, steps and recommended',
    judge: (test) => judgePeerCase(test as unknown as PeerCase),
  },
  {
    marks: [],
    problem: (test) =>
      stepsProblem(test) ??
      (test['expect'] === 'SUCCESS' || test['expect'] === 'FAILURE'
        ? null
        : `expect is ${JSON.stringify(test['expect'])}, neither SUCCESS nor FAILURE`),
    hint: 'a case has id, locks, steps and expect',
    judge: (test, level) => judgeCase(test as unknown as ConformanceCase, level),
  },
];

function stepsProblem(test: Fields): string | null {
  const { id, locks, steps } = test;
  if (typeof id !== 'string') return 'no id';
  if (!isObject(locks)) return 'no locks';
  for (const [name, lock] of Object.entries(locks)) {
    if (!isObject(lock) || typeof lock['kind'] !== 'string') return `lock ${name} has no kind`;
  }
  if (!Array.isArray(steps)) return 'no steps';
  const bad = steps.findIndex((step) => !isObject(step) || typeof step['op'] !== 'string');
  return bad < 0 ? null : `step ${bad} has no op`;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
