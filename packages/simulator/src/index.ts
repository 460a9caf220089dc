export { isOrderReport } from './confirm/circle.ts';
export {
  type ConfirmAllOptions,
  confirm,
  confirmAll,
  confirmAllAsync,
  confirmAsync,
} from './confirm/confirm.ts';
export {
  type ConfirmExploredOptions,
  type ConfirmedExploration,
  confirmExplored,
  confirmExploredAsync,
} from './confirm/confirm-explored.ts';
export type { Closest, Confirmation, ConfirmedBy, ConfirmOptions, Means } from './confirm/confirmation.ts';
export { verdictOf } from './confirm/verdict-of.ts';
export { EXCLUSIVE, GIVING, REFUSED, SHARED } from './engine/access.ts';
export { SimulatorError, type SimulatorErrorCode } from './engine/error.ts';
export { Op, type OpOptions } from './engine/op.ts';
export { INITIAL, SimObject } from './engine/sim-object.ts';
export type { Sim, SimTask, TaskBody, TaskOptions, Visible } from './engine/sim-task.ts';
export type { TaskCode } from './engine/task-code.ts';
export { TaskKilledError } from './engine/task-killed-error.ts';
export { explore, exploreAsync } from './explore/explore.ts';
export { type Budget, type ExploreOptions, STRATEGIES, type StrategyName } from './explore/explore-options.ts';
export type { Divergence, Estimate, ExploreResult } from './explore/explore-result.ts';
export { type Progress, progressLine } from './explore/progress.ts';
export {
  type ReplayOptions,
  replay,
  replayAsync,
  type SimulateOptions,
  simulate,
  simulateAsync,
} from './explore/replay.ts';
export type { Program, ProgramFunction, ProgramObject, ProgramSetup } from './face/program.ts';
export { Simulation } from './face/simulation.ts';
export type { Failure } from './failure/failure.ts';
export type { FailureKind } from './failure/finding.ts';
export type { Schedule, Stretch } from './failure/schedule.ts';
export type { Wait } from './failure/wait-cycle.ts';
export { type CompiledProgram, compileProgram } from './notation/compile.ts';
export {
  type ExploreDocument,
  type ExploredProgram,
  exploreProgramFile,
  type ProgramSummary,
  summarise,
} from './notation/explore-file.ts';
export { type NotationProgram, parseProgramFile } from './notation/program-file.ts';
export { Atomic, type AtomicAccess } from './objects/atomic.ts';
export { Channel } from './objects/channel.ts';
export { Clock } from './objects/clock.ts';
export { Completion } from './objects/completion.ts';
export { Condition } from './objects/condition.ts';
export { Region } from './objects/region.ts';
export { SimBitLock } from './objects/sim-bit-lock.ts';
export { SimMutex } from './objects/sim-mutex.ts';
export { SimRwLock } from './objects/sim-rw-lock.ts';
export { SimRwSemaphore } from './objects/sim-rw-semaphore.ts';
export { SimSemaphore } from './objects/sim-semaphore.ts';
export { Variable } from './objects/variable.ts';
export { exploreParallel, type ParallelOptions, type ParallelResult } from './parallel/explore-parallel.ts';
export type { ProgramSource } from './parallel/program-source.ts';
