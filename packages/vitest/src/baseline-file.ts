/** The project's baseline, read when there is a finding to hold against it. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyBaseline, type Baseline, type Baselined, emptyBaseline, parseBaseline } from '@lockdep/graph';

export function readBaseline(root: string, file: string): Baseline {
  const path = resolve(root, file);
  return existsSync(path) ? parseBaseline(readFileSync(path, 'utf8'), file) : emptyBaseline;
}

/** The findings that are neither known nor suppressed. */
export function freshFindings<T extends Baselined>(findings: readonly T[], root: string, file: string): readonly T[] {
  return findings.length === 0 ? [] : applyBaseline(findings, readBaseline(root, file)).fresh;
}
