/**
 * The notation of a peer case: what other validators' own tests and users' reports did, with the answer worth giving. Every step names
 * its task; modes are `exclusive` and `shared`.
 */
export interface PeerLock {
  readonly kind: 'mutex' | 'rwlock' | 'recursive' | 'monitor' | 'spin';
  readonly class?: string;
  readonly scope?: string;
  /** Declared order: locks of one domain are taken by ascending rank. */
  readonly rank?: number;
  readonly rank_domain?: string;
  readonly irq_safe?: boolean;
  readonly auto_release_on_block?: boolean;
  readonly acquired_before?: readonly string[];
}

export interface PeerStep {
  readonly task: string;
  readonly op: string;
  readonly lock?: string;
  readonly target?: string;
  readonly event?: string;
  readonly context?: string;
  readonly cond?: string;
  readonly order?: number;
  readonly recursive?: number;
  readonly untracked?: number;
  readonly may?: number;
}

export interface PeerCase {
  readonly id: string;
  readonly peer: string;
  readonly title: string;
  readonly locks: Readonly<Record<string, PeerLock>>;
  readonly steps: readonly PeerStep[];
  /** A report is one of level warning or error. */
  readonly recommended: 'report' | 'no-report';
  readonly observed: Readonly<Record<string, string>>;
}
