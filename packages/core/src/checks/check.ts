/** A check: looks at one acquisition and says what it finds. Checks read; what they may write is theirs alone (usage bits, edges). */
import type { Acquisition } from '../acquisition.ts';
import type { Engine } from '../engine.ts';
import type { Finding } from '../finding.ts';
import type { Report } from '../report.ts';

/** Makes a report of a finding, or counts it again; returns the report. */
export type Found = (finding: Finding) => Report;
export type Check = (engine: Engine, acquisition: Acquisition, found: Found) => void;
