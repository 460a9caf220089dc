export { AddressTable } from './address-table.ts';
export { EventLogParser, type EventLogParserOptions, type EventLogSink } from './event-log-parser.ts';
export { ContextFlag, EventLogRecord, type EventLogType } from './event-log-record.ts';
export { StringTable } from './string-table.ts';
export { TraceError, type TraceErrorCode, type TraceErrorDetails } from './trace-error.ts';
