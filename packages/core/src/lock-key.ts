/**
 * A lock class key: what all locks initialised in one place share, and the identity under which orders are learned.
 *
 * A key is independent of any validator; each validator registers one class per key and subclass when it first meets them.
 */
import type { DeclaredOrder } from './instance-order.ts';
import type { Lock } from './lock.ts';
import { type LockKind, type LockKindName, type LockType, lockKinds, type WaitType } from './lock-kind.ts';

/** What makes a class of locks. */
export interface LockKeyOptions {
  /** The class's name in every report: the kernel's for kernel things (`&mm->mmap_lock`), yours for yours. */
  readonly name: string;
  /** Default `mutex`; gives the wait types and the lock type. */
  readonly kind?: LockKindName;
  readonly waitInner?: WaitType;
  readonly waitOuter?: WaitType;
  readonly type?: LockType;
  /** `false`: held and balance-checked, but no order is learned or checked (`lockdep_set_novalidate_class`). */
  readonly validate?: boolean;
  /** `false`: not tracked at all (`lockdep_set_notrack_class`). */
  readonly track?: boolean;
  /**
   * Nesting two locks of the class is legal when `compare(held, wanted) < 0` (`lockdep_set_lock_cmp_fn`).
   * It is asked on every nesting, not once per chain.
   */
  readonly compare?: (held: Lock, wanted: Lock) => number;
  /**
   * The order in which instances that carry {@link OrderKeys} nest: declared here, else learned from what is seen. Instances
   * with keys are never reported as recursive (LD1) for nesting: their order is judged instead (LD16 to LD18).
   */
  readonly order?: DeclaredOrder;
  /** What its readers wait for: with `recursive` every `read` is a recursive one. Default: as each acquisition says. */
  readonly readers?: ReaderRule;
  /** Adds words about an instance to report lines (`print_fn`). */
  readonly describe?: (lock: Lock) => string;
}

/**
 * Whom a reader may have to wait for. `recursive`: writers that hold it; `fair`: also writers that queue; `writer-preferring`: the same,
 * even those that came later. The last two make nested reading, and readers in inverse order, a deadlock when a writer comes.
 */
export type ReaderRule = 'recursive' | 'fair' | 'writer-preferring';

/**
 * @example
 * const invalidateLock = new LockKey({ name: 'mapping.invalidate_lock', kind: 'rwsem' });
 */
export class LockKey {
  readonly name: string;
  readonly kind: LockKindName;
  readonly waitInner: WaitType;
  readonly waitOuter: WaitType;
  readonly type: LockType;
  readonly validate: boolean;
  readonly track: boolean;
  readonly compare: ((held: Lock, wanted: Lock) => number) | null;
  readonly order: DeclaredOrder | null;
  readonly readers: ReaderRule | null;
  readonly describe: ((lock: Lock) => string) | null;

  constructor(options: LockKeyOptions) {
    const kind = options.kind ?? 'mutex';
    const implied: LockKind | undefined = lockKinds[kind];
    if (implied === undefined) {
      throw new TypeError(
        `unknown lock kind '${kind}' for class '${options.name}': use one of ${Object.keys(lockKinds).join(', ')}`,
      );
    }
    this.name = options.name;
    this.kind = kind;
    this.waitInner = options.waitInner ?? implied.waitInner;
    this.waitOuter = options.waitOuter ?? implied.waitOuter;
    this.type = options.type ?? implied.type;
    this.validate = options.validate ?? true;
    this.track = options.track ?? true;
    this.compare = options.compare ?? null;
    this.order = options.order ?? null;
    this.readers = options.readers ?? null;
    this.describe = options.describe ?? null;
  }
}
