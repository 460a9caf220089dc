/** Compares what a peer case reported, at level warning or error, with the answer worth giving. */
import type { Disagreement } from './judge-case.ts';
import type { PeerCase } from './peer-case.ts';
import { runPeerCase } from './run-peer-case.ts';

/** Runs a case; null when it agrees. */
export function judgePeerCase(test: PeerCase): Disagreement | null {
  const reports = runPeerCase(test);
  const got = reports.length > 0 ? 'report' : 'no-report';
  if (got === test.recommended) return null;
  const told = reports.map((report) => `${report.kind}: ${report.message}`).join('; ');
  return { id: test.id, expected: test.recommended, got: told === '' ? got : told, step: null };
}
