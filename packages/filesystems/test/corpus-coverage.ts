/** Who reproduces which bug of the corpus: the engine with a switch, its locks alone, or nobody, and then why. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  crossedMappedWrites,
  crossedRenames,
  dedupeVersusStore,
  type Scenario,
  writeFromOwnMapping,
  writeVersusMunmap,
} from '../src/index.ts';
import type { CorpusBug } from './corpus.ts';

/** Bugs that are scenarios with their switch, tested as such in `scenarios.test.ts`. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'PC-032': dedupeVersusStore,
  'PC-036': writeFromOwnMapping,
  'PC-037': crossedMappedWrites,
  'PC-038': writeVersusMunmap,
  'PC-103': crossedRenames,
};

/** What is no program of locks, and not in the engine either. */
export const NOT_REPRODUCED: Readonly<Record<string, string>> = {};

/**
 * A circle, but none of the steps in the corpus: there the freezer gets the lock that a writer still holds. The door is shut first and waited
 * at then, which is no step of locks.
 */
const ENGINE_ONLY: ReadonlySet<string> = new Set(['PC-096']);

const directories = ['.', '../../page-cache/test'].map((path) => new URL(`${path}/`, import.meta.url));
const sources = directories.flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('corpus'))
    .map((name) => readFileSync(new URL(name, directory), 'utf8')),
);
const named = new Set(sources.flatMap((text) => [...text.matchAll(/['`][^'`\n]*?(PC-\d{3})/g)].map(([, id]) => id!)));

/** A test of the engine names it, or it is a scenario. */
export const inEngine = ({ id }: CorpusBug): boolean => named.has(id) || SCENARIOS[id] !== undefined;

/** Runs through the validator and the simulator as a program of locks. */
export const atLockLevel = ({ id, cycle }: CorpusBug): boolean =>
  cycle !== undefined && NOT_REPRODUCED[id] === undefined && !ENGINE_ONLY.has(id);

export type Coverage = 'engine and locks' | 'engine' | 'locks' | 'classes only' | 'not reproduced';

export function coverageOf(bug: CorpusBug): Coverage {
  const locks = atLockLevel(bug);
  if (inEngine(bug)) return locks ? 'engine and locks' : 'engine';
  if (locks) return bug.cycle?.instance === undefined ? 'classes only' : 'locks';
  return 'not reproduced';
}
