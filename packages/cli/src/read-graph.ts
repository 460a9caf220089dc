/** Saved files by what they contain: graphs, documents of reports, or traces from which a graph is learned. */
import { basename } from 'node:path';
import type { Report } from '@lockdep/core';
import { GRAPH_FORMAT, parseGraph, type SavedGraph, saveGraph } from '@lockdep/graph';
import { TraceError } from '@lockdep/trace';
import { readDocument } from './conformance/read-document.ts';
import { readChunks, readText } from './read-text.ts';
import { type ReplayRequest, replayFiles } from './replay-files.ts';
import { reportsOf } from './saved-findings.ts';
import { UsageError } from './usage-error.ts';

const KINDS = 'a saved graph, saved reports or a trace';

const foreign = (file: string): UsageError => new UsageError(`${file}: no lock is in it`, `give ${KINDS}`);

/** What a file holds; a document of reports has no graph. */
export interface SavedFile {
  readonly reports: readonly Report[];
  readonly graph: SavedGraph | null;
}

export interface ReadOptions {
  readonly note: (text: string) => void;
  readonly progress: ReplayRequest['progress'];
}

/** @throws UsageError when the file cannot be read, GraphFileError when it is no graph. */
export async function readGraph(file: string): Promise<SavedGraph> {
  return parseGraph(await readText(file, 'a saved graph'), file);
}

/** A saved graph, a document of reports, or a trace of any format, each trace in a validator of its own. Standard input is a trace. */
export async function readSaved(file: string, { note, progress }: ReadOptions): Promise<SavedFile> {
  const kind = file === '-' ? 'trace' : await kindOf(file);
  if (kind === 'graph') return { reports: [], graph: await readGraph(file) };
  if (kind === 'reports') {
    return {
      reports: reportsOf(
        await readDocument(file, { what: 'a document of reports', hint: 'a document of reports is JSON' }),
        file,
      ),
      graph: null,
    };
  }
  const request: ReplayRequest = { format: 'auto', mode: null, from: null, oracle: null, progress };
  const { validator, warnings } = await replayFiles([file], request).catch((error: unknown) => {
    throw error instanceof TraceError && error.code === 'wrong-format' ? foreign(file) : error;
  });
  if (validator.classes().length === 0) throw foreign(file);
  for (const warning of warnings) note(`lockdep: ${warning}\n`);
  return { reports: validator.reports, graph: saveGraph(validator, { run: runName([file]), root: process.cwd() }) };
}

/** What the sightings of a run are called by when nobody says: the names of its files, without folders. */
export function runName(files: readonly string[]): string {
  return files.map((file) => (file === '-' ? 'standard input' : basename(file))).join('+');
}

/** What documents of reports begin with: those of `--format json`, and of `--json` of run, replay, report and explore. */
const DOCUMENT = /^\s*\{\s*"(?:version"\s*:\s*\d+\s*,\s*"reports|reports|command|events|classes|programs)"\s*:/;

async function kindOf(file: string): Promise<'graph' | 'reports' | 'trace'> {
  let head = '';
  for await (const chunk of readChunks(file, KINDS)) {
    head += Buffer.from(chunk).toString('latin1');
    if (head.length >= 256) break;
  }
  if (/^\s*\{\s*"format"\s*:\s*"([^"]*)"/.exec(head)?.[1] === GRAPH_FORMAT) return 'graph';
  return DOCUMENT.test(head) ? 'reports' : 'trace';
}
