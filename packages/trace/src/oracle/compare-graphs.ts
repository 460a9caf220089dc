/** A validator's graph against a kernel's own: what is missing from ours, what ours has too much. */
import type { LearnedOrder, Validator } from '@lockdep/core';
import { dependencyNames } from '@lockdep/core';
import { usageToKernel } from '../replay/kernel-keys.ts';
import type { EventLogReplay } from '../replay/replay-event-log.ts';
import { chainKey } from './chain-key.ts';
import { type KernelGraph, trimmed } from './kernel-graph.ts';

/** Differences, one a line, sorted. */
export interface GraphDifference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Compares classes' usage, dependencies with strength and distance, and chains. */
export function compareGraphs(validator: Validator, replay: EventLogReplay, kernel: KernelGraph): GraphDifference {
  const ours = validator.learned();
  const indexes = kernelIndexes(ours, replay, kernel);
  const ourLines = new Set([...usageLines(ours, indexes, kernel), ...dependencyLines(ours, indexes, kernel)]);
  const theirLines = new Set(kernelLines(kernel));
  for (const key of ourChains(ours, indexes)) ourLines.add(`chain ${key}`);
  for (const key of kernel.chains) theirLines.add(`chain ${key}`);
  return {
    missing: [...theirLines].filter((line) => !ourLines.has(line)).sort(),
    extra: [...ourLines].filter((line) => !theirLines.has(line)).sort(),
  };
}

/** The chain keys of a validator's chains that go through a class, given by its address. */
export function chainsThrough(
  validator: Validator,
  replay: EventLogReplay,
  kernel: KernelGraph,
  classKey: string,
): string[] {
  const ours = validator.learned();
  const indexes = kernelIndexes(ours, replay, kernel);
  const through = indexes.findIndex((index) => kernel.classes.get(index)?.key === classKey);
  return ourChains(
    { ...ours, chains: ours.chains.filter((chain) => chain.locks.some((lock) => lock.classIndex === through)) },
    indexes,
  );
}

/** The kernel's index of each of our classes; −1 for one it does not have. */
function kernelIndexes(ours: LearnedOrder, replay: EventLogReplay, kernel: KernelGraph): number[] {
  const byAddress = new Map([...kernel.classes].map(([index, { key }]) => [key, index]));
  return ours.classes.map(({ key, subclass }) => {
    const address = replay.classAddress(key, subclass);
    return address === null ? -1 : (byAddress.get(trimmed(address)) ?? -1);
  });
}

function ourChains({ chains }: LearnedOrder, indexes: readonly number[]): string[] {
  return chains.map(({ locks }) =>
    chainKey(locks.map(({ classIndex, how }) => ({ classIndex: indexes[classIndex]!, read: how & 3 }))),
  );
}

function usageLines({ classes }: LearnedOrder, indexes: readonly number[], kernel: KernelGraph): string[] {
  return classes.map(({ key, subclass, usage }, at) => {
    const theirs = kernel.classes.get(indexes[at]!);
    const name = theirs === undefined ? `${key.name}/${subclass} (unknown to the kernel)` : className(theirs);
    return `usage ${name} ${usageToKernel(usage).toString(16)}`;
  });
}

function dependencyLines({ dependencies }: LearnedOrder, indexes: readonly number[], kernel: KernelGraph): string[] {
  return dependencies.map(({ from, to, bits, distance }) =>
    dependencyLine(kernel, indexes[from]!, indexes[to]!, bits, distance),
  );
}

function kernelLines(kernel: KernelGraph): string[] {
  return [
    ...[...kernel.classes.values()].map((known) => `usage ${className(known)} ${known.usage.toString(16)}`),
    ...[...kernel.dependencies.values()].map(({ from, to, dep, distance }) =>
      dependencyLine(kernel, from, to, dep, distance),
    ),
  ];
}

function dependencyLine(kernel: KernelGraph, from: number, to: number, bits: number, distance: number): string {
  const name = (index: number): string => {
    const known = kernel.classes.get(index);
    return known === undefined ? `class ${index}` : className(known);
  };
  return `dependency ${name(from)} -> ${name(to)} ${dependencyNames(bits)} distance ${distance}`;
}

/** Names are not unique in a kernel; with the key they are. */
function className({
  name,
  version,
  subclass,
  key,
}: {
  name: string;
  version: number;
  subclass: number;
  key: string;
}): string {
  return `${name}${version > 1 ? `#${version}` : ''}${subclass > 0 ? `/${subclass}` : ''} [${key}]`;
}
