/**
 * Replays files into one validator: the first file's format decides the mode, classes of the same name (and, in event logs, the
 * same key) are the same class across files, tasks and lock instances are not.
 */
import { type ContextKind, type LockKey, Validator, type ValidatorMode } from '@lockdep/core';
import { RunRecorder } from '@lockdep/predict';
import {
  chainsThrough,
  compareGraphs,
  compareProcLockdep,
  EventLogParser,
  EventLogReplay,
  FtraceReplay,
  type GraphDifference,
  KernelGraph,
  NdjsonReplay,
  type OpenedTrace,
  openTrace,
  readProcLockdep,
  readSnapshot,
  TraceError,
} from '@lockdep/trace';
import { UsageError } from './usage-error.ts';

export interface ReplayRequest {
  readonly format: 'auto' | 'ftrace' | 'event-log' | 'ndjson';
  /** Null: kernel for event logs, ideal for everything else. */
  readonly mode: ValidatorMode | null;
  readonly from: string | null;
  readonly oracle: string | null;
  readonly statistics?: boolean;
  /** Check context usage in ftrace text too, where different classes share a name. */
  readonly usage?: boolean;
  /** Take the run down, to predict from it. */
  readonly predict?: boolean;
  readonly progress: (line: () => string) => void;
}

export interface ReplayResult {
  readonly validator: Validator;
  readonly events: number;
  readonly tasks: number;
  readonly warnings: readonly string[];
  readonly oracle: GraphDifference | null;
  /** The run, when it was to be taken down. */
  readonly recorder: RunRecorder | null;
}

export async function replayFiles(files: readonly string[], request: ReplayRequest): Promise<ReplayResult> {
  const run = new ReplayRun(request);
  for (const file of files) await run.file(file);
  return run.result();
}

/** Keeps the validator and what its traces share. */
class ReplayRun {
  readonly #request: ReplayRequest;
  readonly #keys = new Map<string, LockKey>();
  readonly #warnings: string[] = [];
  #validator: Validator | null = null;
  #recorder: RunRecorder | null = null;
  #oracle: GraphDifference | null = null;
  #events = 0;
  #tasks = 0;
  /** The time of the trace, in microseconds. */
  #now = 0;
  readonly #setTime = (us: number): void => {
    this.#now = us;
  };

  constructor(request: ReplayRequest) {
    this.#request = request;
  }

  async file(file: string): Promise<void> {
    const trace = await openTrace(file, { format: this.#request.format });
    const { from, oracle } = this.#request;
    if (trace.format !== 'event-log' && (from !== null || oracle === 'log')) {
      throw new UsageError(`${file} is ${trace.format}: --from and --oracle log need an event log`);
    }
    switch (trace.format) {
      case 'event-log':
        return this.#eventLog(trace);
      case 'ftrace':
        return this.#ftrace(trace);
      case 'ndjson':
        return this.#ndjson(trace);
      default:
        throw new TraceError({
          code: 'wrong-format',
          file,
          problem: `this is a ${trace.format === 'lockdep' ? '/proc/lockdep listing' : 'graph snapshot'}, not a trace of events`,
          hint: 'give it as --oracle (or, a snapshot, as --from) of a replayed trace',
        });
    }
  }

  result(): ReplayResult {
    const validator = this.#validator ?? this.#make('ideal');
    return {
      validator,
      events: this.#events,
      tasks: this.#tasks,
      warnings: this.#warnings,
      oracle: this.#oracle,
      recorder: this.#recorder,
    };
  }

  async #eventLog(trace: OpenedTrace): Promise<void> {
    const { from, oracle } = this.#request;
    const validator = this.#make('kernel');
    const start = from === null ? null : await readSnapshot(from);
    let kernel = start === null ? new KernelGraph() : KernelGraph.of(start, from!);
    const fromLog = oracle === 'log';
    const parser: EventLogParser = new EventLogParser(
      (record) => {
        if (fromLog) kernel.record(record, parser, (key) => chainsThrough(validator, replay, kernel, key));
        if (!Number.isNaN(record.time)) this.#now = record.time * 1e6;
        replay.record(record);
      },
      { file: trace.file },
    );
    const replay = new EventLogReplay(validator, parser, this.#keys);
    if (start !== null) replay.from(start);
    await this.#push(trace, (chunk) => parser.push(chunk));
    parser.end();
    replay.end();
    if (parser.warning !== null) this.#warnings.push(`${trace.file}: ${parser.warning}`);
    if (replay.counts.skipped > 0) {
      this.#warnings.push(
        `${trace.file}: ${replay.counts.skipped} events of tasks that already held locks when the log begins are left out`,
      );
    }
    this.#events += replay.counts.events;
    this.#tasks += replay.counts.tasks;
    if (oracle === null) return;
    if (!fromLog) {
      const found = await openTrace(oracle);
      if (found.format === 'lockdep') {
        this.#oracle = compareProcLockdep(validator, await readProcLockdep(oracle), oracle);
        return;
      }
      kernel = KernelGraph.of(await readSnapshot(oracle), oracle);
    }
    this.#oracle = compareGraphs(validator, replay, kernel);
  }

  async #ftrace(trace: OpenedTrace): Promise<void> {
    const validator = this.#make('ideal');
    const replay = new FtraceReplay(validator, {
      name: trace.file,
      keys: this.#keys,
      onTime: this.#setTime,
      usage: this.#request.usage ?? false,
    });
    await this.#push(trace, (chunk) => replay.push(chunk));
    const counts = replay.end();
    this.#took(trace.file, counts);
    await this.#compareListing(validator);
  }

  async #ndjson(trace: OpenedTrace): Promise<void> {
    const replay = new NdjsonReplay((header) => this.#make('ideal', header), {
      name: trace.file,
      onTime: this.#setTime,
      onAccess: (access, task, variable) => this.#recorder?.[access](task, variable),
    });
    await this.#push(trace, (chunk) => replay.push(chunk));
    this.#took(trace.file, replay.end());
    await this.#compareListing(this.#make('ideal'));
  }

  #took(
    file: string,
    { events, tasks, warnings }: { events: number; tasks: number; warnings: readonly string[] },
  ): void {
    this.#events += events;
    this.#tasks += tasks;
    for (const warning of warnings) this.#warnings.push(`${file}: ${warning}`);
  }

  async #compareListing(validator: Validator): Promise<void> {
    const { oracle } = this.#request;
    if (oracle !== null) this.#oracle = compareProcLockdep(validator, await readProcLockdep(oracle), oracle);
  }

  async #push(trace: OpenedTrace, push: (chunk: Uint8Array) => void): Promise<void> {
    let bytes = 0;
    const began = performance.now();
    for await (const chunk of trace.chunks) {
      push(chunk);
      bytes += chunk.length;
      this.#request.progress(() => {
        const seconds = (performance.now() - began) / 1000;
        return `${trace.file}: ${(bytes / 1e6).toFixed(0)} MB replayed, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
      });
    }
  }

  /** The one validator, made when the first trace's format is known. */
  #make(mode: ValidatorMode, header: { readonly contexts?: readonly ContextKind[] } | null = null): Validator {
    this.#validator ??= new Validator({
      mode: this.#request.mode ?? mode,
      sites: false,
      statistics: this.#request.statistics ?? false,
      clock: () => this.#now,
      contexts: header?.contexts ?? [],
    });
    if (this.#request.predict === true) this.#recorder ??= new RunRecorder(this.#validator);
    return this.#validator;
  }
}
