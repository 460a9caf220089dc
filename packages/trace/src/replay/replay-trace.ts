/**
 * Replays a trace of any format into a validator.
 *
 * /proc/lockdep and graph snapshots are no event streams: they are what a replay is compared with, and refused here.
 */
import type { Validator } from '@lockdep/core';
import { EventLogParser } from '../event-log-parser.ts';
import type { HeaderLine } from '../ndjson-lines.ts';
import { type OpenTraceOptions, openTrace } from '../open-trace.ts';
import { TraceError } from '../trace-error.ts';
import type { TraceSource } from '../trace-source.ts';
import type { FtraceCounts } from './ftrace-counts.ts';
import { type EventLogCounts, EventLogReplay } from './replay-event-log.ts';
import { FtraceReplay, type FtraceReplayOptions } from './replay-ftrace.ts';
import { type NdjsonCounts, NdjsonReplay } from './replay-ndjson.ts';

/** Options of {@link replayTrace}. */
export interface ReplayTraceOptions extends OpenTraceOptions, FtraceReplayOptions {}

/** What was replayed, by format. */
export type ReplayCounts =
  | ({ readonly format: 'ftrace' } & FtraceCounts)
  | ({ readonly format: 'ndjson' } & NdjsonCounts)
  | ({ readonly format: 'event-log'; readonly warnings: readonly string[] } & EventLogCounts);

/**
 * @param makeValidator - Called once, when the format is known; with the header of a recording in our own format, whose context
 * kinds the validator must have.
 * @example
 * const { validator, counts } = await replayTrace('trace.txt.zst', () => new Validator({ sites: false }));
 * @throws TraceError
 */
export async function replayTrace(
  source: TraceSource,
  makeValidator: (header: HeaderLine | null) => Validator,
  options: ReplayTraceOptions = {},
): Promise<{ readonly validator: Validator; readonly counts: ReplayCounts }> {
  const { format, file, chunks } = await openTrace(source, options);
  if (format === 'ftrace') {
    const validator = makeValidator(null);
    const replay = new FtraceReplay(validator, { ...options, name: file });
    for await (const chunk of chunks) replay.push(chunk);
    return { validator, counts: { format, ...replay.end() } };
  }
  if (format === 'event-log') {
    const validator = makeValidator(null);
    const parser: EventLogParser = new EventLogParser((record) => replay.record(record), { file });
    const replay = new EventLogReplay(validator, parser);
    for await (const chunk of chunks) parser.push(chunk);
    parser.end();
    replay.end();
    const warnings = parser.warning === null ? [] : [parser.warning];
    return { validator, counts: { format, ...replay.counts, warnings } };
  }
  if (format === 'ndjson') {
    let validator: Validator | null = null;
    const replay = new NdjsonReplay(
      (header) => {
        validator = makeValidator(header);
        return validator;
      },
      { name: file },
    );
    for await (const chunk of chunks) replay.push(chunk);
    const counts = replay.end();
    return { validator: validator ?? makeValidator(null), counts: { format, ...counts } };
  }
  await chunks[Symbol.asyncIterator]().return?.();
  throw new TraceError({
    code: 'wrong-format',
    file,
    problem: `this is a ${format === 'lockdep' ? '/proc/lockdep listing' : 'graph snapshot'}, not a trace of events`,
    hint: 'replay a trace; a listing or snapshot is something to compare a replay with',
  });
}
