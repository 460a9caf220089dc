/** A program of a user in TypeScript: every package once, with its types asked for. Only compiled. */
import { LockKey, type Report, type Site, Validator } from '@lockdep/core';
import { punchVersusRead, scenarioProgram } from '@lockdep/filesystems';
import { mergeGraphs, type SavedGraph, saveGraph } from '@lockdep/graph';
import { type Guard, type LockOptions, lockdep, Mutex, RwSemaphore, type WaitedMessage } from '@lockdep/locks';
import { Engine, PlainMachine } from '@lockdep/page-cache';
import { serializers, type TransportOptions } from '@lockdep/pino';
import { type ReportDocument, renderHtml, renderText, reportDocument } from '@lockdep/report';
import { type ExploreResult, explore } from '@lockdep/simulator';
import { type NdjsonCounts, replayNdjson, TraceRecorder } from '@lockdep/trace';
import { run } from 'lockdep';
import pino from 'pino';

const options: LockOptions = { name: 'accounts', onDeadlock: 'throw' };
const accounts = new Mutex(options);
const cache = new RwSemaphore({ name: 'cache', validator: new Validator({ onReport: 'throw' }) });

export async function transfer(): Promise<number> {
  const guard: Guard = await accounts.lock({ timeoutMs: 100 });
  await guard.release();
  return cache.runShared(() => 42);
}

export const both: Promise<[number, string]> = lockdep.all([() => 1, async () => 'two']);
export const narrowed = (report: Report): readonly Site[] =>
  report.kind === 'circular' ? report.cycle.map((hop) => hop.innerSite) : [report.site];
export const document: ReportDocument = reportDocument(lockdep({ logger: pino({ serializers }) }).reports);
export const merged: SavedGraph = mergeGraphs([saveGraph(lockdep(), { run: 'one' })]);
export const texts: (string | Promise<string>)[] = [
  renderText(document.reports[0]!),
  renderHtml({ graph: lockdep().graph(), reports: [], title: 'page' }),
];
export const found: ExploreResult = explore(scenarioProgram(punchVersusRead, { fs: 'xfs', profile: 'merged' }));
export const counts: Promise<NdjsonCounts> = replayNdjson(new Validator(), 'trace.ndjson');
export const engine = new Engine({ machine: new PlainMachine({ seed: 1 }), profile: 'latest' });
export const target: TransportOptions = { format: 'sarif', destination: 1 };
export const recorder = new TraceRecorder(lockdep(), process.stdout);
export const waited = (message: unknown): number => (message as WaitedMessage).waitedMs;
export const key: LockKey = new LockKey({ name: 'i_rwsem', kind: 'rwsem' });
export const status: typeof run = run;

// @ts-expect-error A lock has no such option: the types are there, and not any.
export const misspelt = new Mutex({ nmae: 'accounts' });
