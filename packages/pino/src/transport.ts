/**
 * A pino transport that validates in its worker thread: it picks the lines of a `TraceRecorder` out of the log, replays them, and
 * writes the report when the log ends. The program itself only records (about a microsecond an event).
 *
 * It never fails the program that logs: what is wrong with the recording is told where the report would have been.
 */
import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { Validator } from '@lockdep/core';
import { NdjsonReplay, TraceError } from '@lockdep/trace';
import { REPORT_FORMATS, type ReportFormat, renderReport } from './render-report.ts';

/** What the transport writes, and where. */
export interface TransportOptions {
  /** Where the report goes: a path (its folders are made), or a file descriptor. Default 2, standard error. */
  readonly destination?: string | number;
  /** Default `text`. */
  readonly format?: ReportFormat;
  /** Paths in the report are relative to this. Default: the working directory. */
  readonly root?: string;
}

/**
 * @example
 * const log = pino.transport({ target: '@lockdep/pino/transport', options: { destination: 'locks.html', format: 'html' } });
 * new TraceRecorder(lockdep(), log);
 */
export default function transport(options: TransportOptions = {}): Writable {
  const { destination = 2, format = 'text', root = process.cwd() } = options;
  if (!REPORT_FORMATS.includes(format)) {
    throw new TypeError(`@lockdep/pino/transport: format '${format}': use one of ${REPORT_FORMATS.join(', ')}`);
  }
  let validator: Validator | null = null;
  let broken: TraceError | null = null;
  const replay = new NdjsonReplay(
    ({ contexts = [] }) => {
      validator = new Validator({ contexts });
      return validator;
    },
    { name: 'log' },
  );
  const guarded = (step: () => void): void => {
    if (broken !== null) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      broken = error;
    }
  };
  const finish = async (): Promise<void> => {
    guarded(() => void replay.end());
    if (broken !== null) writeSync(2, `lockdep: ${broken.message}\n`);
    if (validator === null) writeSync(2, 'lockdep: no lock events in the log: attach a TraceRecorder to it\n');
    else writeReport(destination, await renderReport(validator, format, root));
  };
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      guarded(() => replay.push(chunk));
      done();
    },
    final(done) {
      finish().then(() => done(), done);
    },
  });
}

/** At once: nothing may be left to do when the thread goes. */
function writeReport(destination: string | number, text: string): void {
  if (typeof destination === 'string') mkdirSync(dirname(destination), { recursive: true });
  writeFileSync(destination, text);
}
