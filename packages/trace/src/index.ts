export { AddressTable } from './address-table.ts';
export { detectFormat, TRACE_FORMATS, type TraceFormat } from './detect-format.ts';
export { EventLogParser, type EventLogParserOptions, type EventLogSink } from './event-log-parser.ts';
export { ContextFlag, EventLogRecord, type EventLogType } from './event-log-record.ts';
export { FtraceParser, type FtraceParserOptions, type FtraceSink } from './ftrace-parser.ts';
export { type FtraceEvent, FtraceRecord } from './ftrace-record.ts';
export {
  type ProcClass,
  type ProcDependency,
  type ProcLockdep,
  readProcLockdep,
  splitClassName,
} from './lockdep-proc.ts';
export type * from './ndjson-lines.ts';
export { TRACE_VERSION } from './ndjson-lines.ts';
export { NdjsonParser, type NdjsonParserOptions, type NdjsonSink } from './ndjson-parser.ts';
export { type OpenedTrace, type OpenTraceOptions, openTrace } from './open-trace.ts';
export { chainsThrough, compareGraphs, type GraphDifference } from './oracle/compare-graphs.ts';
export { compareProcLockdep } from './oracle/compare-proc-lockdep.ts';
export { KernelGraph, type KernelGraphClass } from './oracle/kernel-graph.ts';
export type { FtraceCounts } from './replay/ftrace-counts.ts';
export { isLockMap, isRecursiveReader, UNCHECKED_NAMES } from './replay/lock-names.ts';
export { type EventLogCounts, EventLogReplay } from './replay/replay-event-log.ts';
export { FtraceReplay, type FtraceReplayOptions, replayFtrace } from './replay/replay-ftrace.ts';
export { type NdjsonCounts, NdjsonReplay, replayNdjson, type ValidatorFor } from './replay/replay-ndjson.ts';
export { type ReplayCounts, type ReplayTraceOptions, replayTrace } from './replay/replay-trace.ts';
export type { LockNameOptions } from './replay/traced-locks.ts';
export {
  readSnapshot,
  type Snapshot,
  type SnapshotChain,
  type SnapshotClass,
  type SnapshotDependency,
} from './snapshot.ts';
export { StringTable } from './string-table.ts';
export { TraceError, type TraceErrorCode, type TraceErrorDetails } from './trace-error.ts';
export { TraceRecorder, type TraceRecorderOptions, type TraceSink } from './trace-recorder.ts';
export { type ReadTraceOptions, readTrace, type TraceSource } from './trace-source.ts';
