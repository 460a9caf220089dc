export type { HeldAssertion } from './assertions.ts';
export { isSurer, VERDICTS } from './circles.ts';
export type { KeyEntry, LockClass } from './class-table.ts';
export { type ContextKind, ContextKinds } from './context-kinds.ts';
export { dependencyNames } from './dependency.ts';
export type { ValidatorMode } from './engine.ts';
export type { EventListener, EventType } from './event.ts';
export { circleFingerprint } from './fingerprint.ts';
export type { ClassAttributes, DependencyAttributes, OrderView } from './graph-view.ts';
export type { HeldLock, TaskLocks } from './held-locks.ts';
export type { DeclaredOrder, NestedPair, OrderKeys } from './instance-order.ts';
export type { LearnedChain, LearnedClass, LearnedDependency, LearnedOrder } from './learned.ts';
export { Lock } from './lock.ts';
export { LockKey, type LockKeyOptions, type ReaderRule } from './lock-key.ts';
export { type LockKind, type LockKindName, type LockType, lockKinds, WAIT_NAMES, type WaitType } from './lock-kind.ts';
export { LockReportError } from './lock-report-error.ts';
export { type ContentionPoint, type Durations, FIRST_BUCKET_US, type LockStat } from './lock-statistics.ts';
export {
  type AcquireOptions,
  how,
  MODE_MASK,
  type Mode,
  modeName,
  NESTED,
  READ,
  RECURSIVE_READ,
  SUBCLASS_SHIFT,
  SYNC,
  TRYLOCK,
  UNCHECKED,
  WRITE,
} from './mode.ts';
export { Reclaim } from './reclaim.ts';
export type * from './report.ts';
export { type Rule, rules } from './rules.ts';
export { captureSite, nowhere, parseStack, siteOf } from './site.ts';
export { type Stall, type StallOptions, watchStalls } from './stall-detector.ts';
export { eachStrongCircle } from './strong-circles.ts';
export { Task } from './task.ts';
export { usageName } from './usage.ts';
export { Validator, type ValidatorOptions } from './validator.ts';
export type { ContextStats, ValidatorStats } from './validator-stats.ts';
export { WwClass, WwContext, WwMutex, type WwOutcome, wwLockPlain, wwUnlock } from './ww.ts';
