/** Takes what a validator has learned out as a saved graph. */
import { dependencyNames, type Frame, type LockClass, type Site, usageName, type Validator } from '@lockdep/core';
import { byCodeUnits } from './by-code-units.ts';
import { GraphCollector } from './graph-collector.ts';
import type { SavedClass, SavedGraph, SavedSighting, Strength } from './saved-graph.ts';

/** What a saved order says of where it comes from. */
export interface SaveOptions {
  /** The name that sightings bear; runs that are merged must have different ones. */
  readonly run: string;
  /** Folder that file names are made relative to; others stay as they are. */
  readonly root?: string;
}

/** The graph of a validator. Cost: O(classes + dependencies), and parsing of the sites not yet read. */
export function saveGraph(validator: Validator, { run, root = '' }: SaveOptions): SavedGraph {
  const { order, evidence, classes } = validator.engine;
  const collector = new GraphCollector();
  collector.addRun(run);
  for (const lockClass of validator.classes()) collector.addClass(saveClass(validator, lockClass));
  for (const edge of order.edges()) {
    const seen: SavedSighting[] = evidence.of(edge).map((sighting) => ({
      run,
      strength: strengthsOf(sighting.bit)[0]!,
      task: sighting.task,
      outer: place(sighting.outerSite, root),
      inner: place(sighting.innerSite, root),
    }));
    // What was learned from elsewhere has no sighting, or not in every strength.
    for (const strength of strengthsOf(order.bits[edge]!)) {
      if (seen.some((sighting) => sighting.strength === strength)) continue;
      seen.push({ run, strength, task: '', outer: '', inner: '' });
    }
    const from = classes.get(order.from[edge]!).name;
    const to = classes.get(order.to[edge]!).name;
    collector.addDependency(from, to, order.distance[edge]!, seen);
  }
  return collector.graph();
}

const strengthsOf = (bits: number): Strength[] => dependencyNames(bits).split(',') as Strength[];

function saveClass({ engine }: Validator, { id, key, subclass, name }: LockClass): SavedClass {
  const usage: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if ((engine.classes.usage[id]! & (1 << bit)) !== 0) usage.push(usageName(bit, engine.contexts));
  }
  return {
    name,
    base: key.name,
    version: engine.classes.entry(key).version,
    subclass,
    kind: key.kind,
    type: key.type,
    waitInner: key.waitInner,
    waitOuter: key.waitOuter,
    usage: usage.sort(byCodeUnits),
  };
}

/** A site in one word: the innermost frame, as file and line where they are known. */
function place(site: Site, root: string): string {
  const frame: Frame | undefined = site.frames[0];
  if (frame === undefined) return '';
  if (frame.file === undefined || frame.line === undefined) return frame.text;
  const file = frame.file.replaceAll('\\', '/');
  const folder = root === '' ? '' : `${root.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
  return `${folder !== '' && file.startsWith(folder) ? file.slice(folder.length) : file}:${frame.line}`;
}
