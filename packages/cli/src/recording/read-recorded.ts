/** Reads what the processes of a run have left, in the order in which they began, and gives their runs names. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '@lockdep/core';
import type { SavedGraph } from '@lockdep/graph';
import { REPORTS, type RecordedProcess, type RecordingHeader, WHOLE } from './recorded-process.ts';

export interface NamedProcess extends RecordedProcess {
  /** The program; `worker.js #2` for the second process of one program. */
  readonly name: string;
}

/** @param run - Goes before each name; null: nothing does. */
export async function readRecorded(folder: string, run: string | null): Promise<NamedProcess[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(REPORTS));
  const found = await Promise.all(files.map((file) => readOne(join(folder, file.slice(0, -REPORTS.length)))));
  const counts = new Map<string, number>();
  return found
    .sort(([a], [b]) => a.began - b.began)
    .map(([{ program }, recorded]) => {
      const count = (counts.get(program) ?? 0) + 1;
      counts.set(program, count);
      const own = count === 1 ? program : `${program} #${count}`;
      const name = run === null ? own : `${run}: ${own}`;
      return { ...recorded, name, graph: recorded.graph === null ? null : named(recorded.graph, name) };
    });
}

/** The file with everything is not there yet when a process is killed at once. */
async function readOne(file: string): Promise<[RecordingHeader, RecordedProcess]> {
  const [header, ...reports] = await lines(file + REPORTS);
  const whole: RecordedProcess = existsSync(file + WHOLE)
    ? (JSON.parse(await readFile(file + WHOLE, 'utf8')) as RecordedProcess)
    : { events: 0, reports: [], graph: null, heldLocks: [] };
  const known = new Set(whole.reports.map(({ fingerprint }) => fingerprint));
  const late = (reports as Report[]).filter(({ fingerprint }) => !known.has(fingerprint));
  return [header as RecordingHeader, { ...whole, reports: [...whole.reports, ...late] }];
}

/** A line that was cut is left out. */
async function lines(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
}

function named(graph: SavedGraph, run: string): SavedGraph {
  return {
    ...graph,
    runs: [run],
    dependencies: graph.dependencies.map((dependency) => ({
      ...dependency,
      sightings: dependency.sightings.map((sighting) => ({ ...sighting, run })),
    })),
  };
}
