/**
 * An event log replayed into a validator beside the graph that the recording kernel built meanwhile, with each report at the
 * record that caused it.
 */
import { type Report, Validator, type ValidatorMode } from '@lockdep/core';
import {
  chainsThrough,
  compareGraphs,
  EventLogParser,
  type EventLogRecord,
  EventLogReplay,
  type GraphDifference,
  KernelGraph,
  readSnapshot,
  readTrace,
} from '@lockdep/trace';

export interface FoundReport {
  readonly report: Report;
  /** Number of the record being replayed when it was made. */
  readonly sequence: number;
}

export interface LogOptions {
  readonly mode?: ValidatorMode;
  /** A snapshot to start from. */
  readonly from?: string;
  /** Follow the kernel's own conclusions too. */
  readonly oracle?: boolean;
  /** Told of each record after it was replayed. */
  readonly onRecord?: (record: EventLogRecord, log: ReplayedLog) => void;
}

export class ReplayedLog {
  readonly validator: Validator;
  readonly reports: FoundReport[] = [];
  kernel: KernelGraph = new KernelGraph();
  readonly #options: LogOptions;
  readonly #parser: EventLogParser;
  readonly #replay: EventLogReplay;

  constructor(options: LogOptions = {}) {
    this.#options = options;
    this.validator = new Validator({ mode: options.mode ?? 'kernel', sites: false });
    this.#parser = new EventLogParser((record) => this.#record(record));
    this.#replay = new EventLogReplay(this.validator, this.#parser);
    this.validator.subscribe((report) => this.reports.push({ report, sequence: this.#replay.sequence }));
  }

  async read(file: string): Promise<this> {
    const { from } = this.#options;
    if (from !== undefined) {
      const snapshot = await readSnapshot(from);
      this.#replay.from(snapshot);
      this.kernel = KernelGraph.of(snapshot);
    }
    for await (const chunk of readTrace(file)) this.#parser.push(chunk);
    this.#parser.end();
    this.#replay.end();
    return this;
  }

  get records(): number {
    return this.#parser.records;
  }

  get counts(): EventLogReplay['counts'] {
    return this.#replay.counts;
  }

  /** An address of a record, in hexadecimal. */
  address(id: number): string {
    return this.#parser.addresses.text(id);
  }

  /** Ours against the kernel's: the one followed, or another one. */
  difference(kernel: KernelGraph = this.kernel): GraphDifference {
    return compareGraphs(this.validator, this.#replay, kernel);
  }

  #record(record: EventLogRecord): void {
    const { oracle, onRecord } = this.#options;
    if (oracle === true) {
      this.kernel.record(record, this.#parser, (key) => chainsThrough(this.validator, this.#replay, this.kernel, key));
    }
    this.#replay.record(record);
    onRecord?.(record, this);
  }
}
