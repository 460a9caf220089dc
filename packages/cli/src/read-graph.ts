/** Saved graphs from files: as they are, or learned from the traces they turn out to be. */
import { basename } from 'node:path';
import { GRAPH_FORMAT, parseGraph, type SavedGraph, saveGraph } from '@lockdep/graph';
import { readTrace } from '@lockdep/trace';
import { readText } from './read-text.ts';
import { type ReplayRequest, replayFiles } from './replay-files.ts';

/** @throws TraceError when the file cannot be read, GraphFileError when it is no graph. */
export async function readGraph(file: string): Promise<SavedGraph> {
  return parseGraph(await readText(file), file);
}

/** The graph of a saved graph or of a trace of any format, each trace in a validator of its own. */
export async function readGraphOrTrace(
  file: string,
  { note, progress }: { readonly note: (text: string) => void; readonly progress: ReplayRequest['progress'] },
): Promise<SavedGraph> {
  if (file !== '-' && (await isSavedGraph(file))) return readGraph(file);
  const request: ReplayRequest = { format: 'auto', mode: null, from: null, oracle: null, progress };
  const { validator, warnings } = await replayFiles([file], request);
  for (const warning of warnings) note(`lockdep: ${warning}\n`);
  return saveGraph(validator, { run: runName([file]), root: process.cwd() });
}

/** What the sightings of a run are called by when nobody says: the names of its files, without folders. */
export function runName(files: readonly string[]): string {
  return files.map((file) => (file === '-' ? 'standard input' : basename(file))).join('+');
}

async function isSavedGraph(file: string): Promise<boolean> {
  let head = '';
  for await (const chunk of readTrace(file)) {
    head += Buffer.from(chunk).toString('latin1');
    if (head.length >= 256) break;
  }
  return /^\s*\{\s*"format"\s*:\s*"([^"]*)"/.exec(head)?.[1] === GRAPH_FORMAT;
}
