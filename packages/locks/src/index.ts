export { type AdaptOptions, adapt } from './adapt.ts';
export { BaseLock } from './base-lock.ts';
export { BitLock } from './bit-lock.ts';
export { Completion } from './completion.ts';
export { currentStrand } from './current-strand.ts';
export { DeadlockError } from './deadlock-error.ts';
export { ExclusiveLock, type StepFunction } from './exclusive-lock.ts';
export { Guard } from './guard.ts';
export type { Holder } from './holder.ts';
export { LockMisuseError } from './lock-misuse-error.ts';
export type { AcquireLockOptions, LockOptions } from './lock-options.ts';
export { LockTimeoutError } from './lock-timeout-error.ts';
export { type Lockdep, lockdep, type TaskOptions } from './lockdep.ts';
export type { Logger, LogLine } from './logger.ts';
export { Mutex } from './mutex.ts';
export { blocks, type Operable, Operation, type OperationDetail, type OperationKind, type Step } from './operation.ts';
export type { LockdepOptions } from './process-validator.ts';
export type {
  AcquireMessage,
  ContendedMessage,
  LockMessage,
  ReportMessage,
  WaitedMessage,
} from './published-events.ts';
export { ReaderWriterLock } from './reader-writer-lock.ts';
export { type ReportFacts, reportFacts } from './report-facts.ts';
export { type Agent, currentRuntime, type Runtime, setRuntime } from './runtime.ts';
export { RwLock, type RwLockOptions } from './rw-lock.ts';
export { RwSemaphore, type RwSemaphoreOptions } from './rw-semaphore.ts';
export { Semaphore, type SemaphoreOptions } from './semaphore.ts';
export { SpinLock, type SpinLockOptions } from './spin-lock.ts';
export { BitLockState } from './state/bit-lock-state.ts';
export { CompletionState } from './state/completion-state.ts';
export { ConditionState } from './state/condition-state.ts';
export type { LockState, Policy, Waiter, WaiterName, WaitState } from './state/lock-state.ts';
export { MutexState } from './state/mutex-state.ts';
export { ReaderWriterState } from './state/reader-writer-state.ts';
export { RwLockState } from './state/rw-lock-state.ts';
export { type ReaderBatch, RwSemaphoreState } from './state/rw-semaphore-state.ts';
export { SemaphoreState } from './state/semaphore-state.ts';
export { SpinLockState } from './state/spin-lock-state.ts';
export { Strand } from './strand.ts';
