/**
 * What a check is given to say what it finds: a check looks at one acquisition of an engine. Checks read; what they may write is theirs alone
 * (usage bits, edges).
 */
import type { Finding } from '../finding.ts';
import type { Report } from '../report.ts';

/** Makes a report of a finding, or counts it again; returns the report. */
export type Found = (finding: Finding) => Report;
