/**
 * A finding: what a check has found, before the validator adds what every report carries (rule, level, fingerprint, who,
 * where, what was held, how often).
 */
import type { Report } from './report.ts';

type Common = 'rule' | 'level' | 'fingerprint' | 'task' | 'held' | 'site' | 'count' | 'event';

type WithoutCommon<R> = R extends Report ? Omit<R, Common> : never;

export type Finding = WithoutCommon<Report>;
