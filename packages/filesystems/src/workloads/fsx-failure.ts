/** What fsx stops at. */
import type { FindingKind } from '@lockdep/page-cache';

/**
 * `bad-data`: the file does not hold what it should (exit status 110 of fsx); `bad-size` (120); `past-end`: bytes past the end
 * of the file are not zero in its last page (205); `error`: a call that must succeed did not; `oracle`: what the oracle found
 * meanwhile; `stuck`: tasks that wait for each other.
 */
export type FsxFailureKind = 'bad-data' | 'bad-size' | 'past-end' | 'error' | 'oracle' | 'stuck';

/** Exit status of the original for each kind of failure that it knows. */
export const FSX_STATUS: Readonly<Partial<Record<FsxFailureKind, number>>> = {
  'bad-data': 110,
  'bad-size': 120,
  'past-end': 205,
};

/** Thrown by an operation or a check; caught where the run ends. */
export class FsxFailure extends Error {
  override readonly name = 'FsxFailure';
  readonly kind: FsxFailureKind;
  /** What the oracle found, if it was the oracle. */
  readonly finding: FindingKind | null;

  constructor(kind: FsxFailureKind, message: string, finding: FindingKind | null = null) {
    super(message);
    this.kind = kind;
    this.finding = finding;
  }
}
