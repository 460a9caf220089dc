/**
 * The notation of a conformance case: locks by name, steps to run one after the other until the first report, and what must be
 * reported. The programs come from the Linux kernel's locking selftest and from runs on a real kernel.
 */
import type { Mode } from '@lockdep/core';

export interface CaseLock {
  readonly kind: string;
  /** Locks of one class share it; default: the lock's name. */
  readonly class?: string;
  readonly wwClass?: string | null;
  readonly validate?: boolean;
  readonly track?: boolean;
}

export interface CaseStep {
  readonly op: string;
  readonly lock?: string;
  readonly mode?: Mode | 'spin';
  readonly trylock?: boolean;
  readonly subclass?: number;
  readonly check?: boolean;
  readonly nest?: string;
  readonly sync?: boolean;
  readonly lockdepOnly?: boolean;
  readonly class?: string;
  readonly state?: string;
  readonly threaded?: boolean;
  readonly id?: string;
  readonly fs?: boolean;
  readonly name?: string;
  readonly what?: string;
  readonly equals?: string;
  readonly fn?: string;
  readonly ctx?: string | null;
  readonly expect?: string;
  readonly from?: string;
  readonly to?: string;
  readonly delta?: number;
  readonly acquired?: number;
  readonly wwClass?: string | null;
}

export type CaseDetail = Readonly<Record<string, unknown>>;

export interface ConformanceCase {
  readonly id: string;
  readonly locks: Readonly<Record<string, CaseLock>>;
  readonly ordered?: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly CaseStep[];
  readonly expect: 'SUCCESS' | 'FAILURE';
  readonly report?: string;
  readonly reportDetail?: CaseDetail;
  readonly kernelDetail?: CaseDetail;
  /** Where the kernel's own answer is wrong: the right one. */
  readonly ideal?: {
    readonly expect: 'SUCCESS' | 'FAILURE';
    readonly report?: string;
    readonly step?: number;
    readonly detail?: CaseDetail;
    readonly optional?: boolean;
  };
}
