/**
 * A kernel's own graph, to compare a validator's with: gathered from the output records of an event log, or from a snapshot.
 */
import type { EventLogParser } from '../event-log-parser.ts';
import type { EventLogRecord } from '../event-log-record.ts';
import type { Snapshot } from '../snapshot.ts';
import { TraceError } from '../trace-error.ts';

/** A class as the recording kernel knew it. */
export interface KernelGraphClass {
  /** Key address of the class (base plus subclass), in hexadecimal without leading zeros. */
  readonly key: string;
  readonly subclass: number;
  readonly name: string;
  readonly version: number;
  usage: number;
}

/** Classes by index, dependencies by `from to`, chains by key. */
export class KernelGraph {
  readonly classes: Map<number, KernelGraphClass> = new Map();
  readonly dependencies: Map<string, { from: number; to: number; distance: number; dep: number }> = new Map();
  readonly chains: Set<string> = new Set();

  /** @throws TraceError when a dependency or chain names a class that the snapshot does not have. */
  static of(snapshot: Snapshot, file: string = '(snapshot)'): KernelGraph {
    const graph = new KernelGraph();
    checkClasses(snapshot, file);
    for (const { index, key, subclass, name, version, usageMask } of snapshot.classes) {
      graph.classes.set(index, { key: trimmed(key), subclass, name, version, usage: usageMask });
    }
    for (const edge of snapshot.dependencies) graph.dependencies.set(`${edge.from} ${edge.to}`, { ...edge });
    for (const { key } of snapshot.chains) graph.chains.add(trimmed(key));
    return graph;
  }

  /**
   * Takes in an output record of an event log; others are ignored. The log names a chain by its key alone, so when a class is
   * zapped `chainsThrough` must say which chains it was part of.
   */
  record(record: EventLogRecord, parser: EventLogParser, chainsThrough: (classKey: string) => Iterable<string>): void {
    switch (record.type) {
      case 'N': {
        const { subclass, version, lockName: name } = record;
        const key = trimmed(parser.addresses.text(record.key));
        this.classes.set(record.classIndex, { key, subclass, name, version, usage: 0 });
        break;
      }
      case 'U': {
        const used = this.classes.get(record.classIndex);
        if (used !== undefined) used.usage |= record.mask;
        break;
      }
      case 'K':
        this.chains.add(trimmed(record.chainKey));
        break;
      case 'E':
      case 'e': {
        const { from, to, distance, dep } = record;
        this.dependencies.set(`${from} ${to}`, { from, to, distance, dep });
        break;
      }
      case 'Z':
        this.#zap(record.classIndex, chainsThrough);
        break;
    }
  }

  #zap(index: number, chainsThrough: (classKey: string) => Iterable<string>): void {
    const zapped = this.classes.get(index);
    if (zapped !== undefined) for (const chain of chainsThrough(zapped.key)) this.chains.delete(chain);
    this.classes.delete(index);
    for (const [name, { from, to }] of this.dependencies)
      if (from === index || to === index) this.dependencies.delete(name);
  }
}

function checkClasses({ classes, dependencies, chains }: Snapshot, file: string): void {
  const known = new Set(classes.map((found) => found.index));
  const check = (index: number, where: string): void => {
    if (known.has(index)) return;
    throw new TraceError({
      code: 'malformed',
      file,
      problem: `${where} names class ${index}, which no C line describes`,
      hint: 'take the snapshot whole: C, E and K lines of one moment',
    });
  };
  for (const { from, to } of dependencies) for (const index of [from, to]) check(index, `dependency ${from} ${to}`);
  for (const { key, locks } of chains) for (const { classIndex } of locks) check(classIndex, `chain ${key}`);
}

/** A hexadecimal number without leading zeros. */
export function trimmed(hex: string): string {
  return hex.replace(/^0+(?=.)/, '');
}
