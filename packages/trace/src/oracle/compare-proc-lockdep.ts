/**
 * A validator's graph against a /proc/lockdep listing, by base name: the listing has only dependencies between adjacent locks, and
 * a trace shows only what happened in its window, so only classes that both know are compared.
 */
import type { Validator } from '@lockdep/core';
import { type ProcLockdep, splitClassName } from '../lockdep-proc.ts';
import { TraceError } from '../trace-error.ts';
import type { GraphDifference } from './compare-graphs.ts';

/**
 * Missing: dependencies of the listing between classes that the validator has met, without it having seen them in this order.
 * Extra: adjacent dependencies of the validator that the listing does not have.
 *
 * @throws TraceError when the listing's dependencies name a class it does not list.
 */
export function compareProcLockdep(validator: Validator, listing: ProcLockdep, file: string): GraphDifference {
  checkClasses(listing, file);
  const { classes, dependencies } = validator.learned();
  const met = new Set(classes.map(({ key }) => key.name));
  const listed = new Set(listing.classes.map((known) => known.baseName));
  const pair = (from: string, to: string): string => `dependency ${from} -> ${to}`;
  const theirs = new Set<string>();
  for (const { fromName, toName } of listing.dependencies) {
    theirs.add(pair(splitClassName(fromName).baseName, splitClassName(toName).baseName));
  }
  const ours = new Set<string>();
  const adjacent = new Set<string>();
  for (const { from, to, distance } of dependencies) {
    const line = pair(classes[from]!.key.name, classes[to]!.key.name);
    ours.add(line);
    if (distance === 1) adjacent.add(line);
  }
  const between = (line: string): boolean => {
    const [from, to] = line.slice('dependency '.length).split(' -> ');
    return met.has(from!) && met.has(to!) && listed.has(from!) && listed.has(to!);
  };
  return {
    missing: [...theirs].filter((line) => !ours.has(line) && between(line)).sort(),
    extra: [...adjacent].filter((line) => !theirs.has(line)).sort(),
  };
}

function checkClasses({ classes, dependencies }: ProcLockdep, file: string): void {
  const known = new Set(classes.map((found) => found.name));
  const unknown = dependencies.find(({ toName }) => !known.has(toName));
  if (unknown === undefined) return;
  throw new TraceError({
    code: 'malformed',
    file,
    problem: `${unknown.fromName} is listed with a dependency on ${unknown.toName}, a class that is not listed`,
    hint: 'take the listing whole: `cat /proc/lockdep`',
  });
}
