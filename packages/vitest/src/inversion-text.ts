/** An inversion across tests as text: the circle, and for each of its dependencies who showed it and where. */
import type { Inversion, SavedSighting } from '@lockdep/graph';
import { codeFrame } from './code-frame.ts';

export function inversionText({ classes, dependencies, fingerprint }: Inversion, root: string): string {
  const lines = [
    `possible circular locking dependency across tests: ${[...classes, classes[0]].join(' -> ')}`,
    'No test shows it alone; together these orders can deadlock:',
  ];
  for (const { from, to, sightings } of dependencies) {
    for (const sighting of sightings) {
      lines.push('', `${from} -> ${to} in ${sighting.run}`, ...acquisitions(from, to, sighting, root));
    }
  }
  return [...lines, '', `fingerprint: ${fingerprint}`].join('\n');
}

function acquisitions(from: string, to: string, { outer, inner }: SavedSighting, root: string): string[] {
  return [
    ...(outer === '' ? [] : [`  ${from} taken at ${outer}`, ...source(outer, root)]),
    ...(inner === '' ? [] : [`  ${to} wanted at ${inner}`, ...source(inner, root)]),
  ];
}

/** `src/inode.ts:12` with its line of code. */
function source(place: string, root: string): string[] {
  const [, file, line] = /^(.*):(\d+)$/.exec(place) ?? [];
  if (file === undefined || line === undefined) return [];
  return codeFrame({ file, line: Number(line), text: place }, root, 0).map((code) => `  ${code}`);
}
