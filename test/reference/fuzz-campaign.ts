/** Many random programs, one after the other, by seed. */
import { compare, explain } from './compare-programs.ts';
import type { Program } from './program.ts';
import { randomProgram } from './random-program.ts';
import { randomSections } from './random-sections.ts';
import { SeededRandom } from './seeded-random.ts';

export interface CampaignResult {
  readonly programs: number;
  /** How often the two agreed on a report of each kind. */
  readonly agreed: Readonly<Record<string, number>>;
  /** The first dispute, shrunk, with its seed; null when there is none. */
  readonly dispute: string | null;
}

/** Even seeds are random walks, odd ones recurring sections. */
export function programOf(seed: number): Program {
  const random = new SeededRandom(seed);
  return seed % 2 === 0 ? randomProgram(random, 40) : randomSections(random, 14);
}

/** Runs the programs of `count` seeds from `first` on, up to the first dispute. */
export function fuzz(first: number, count: number): CampaignResult {
  const agreed: Record<string, number> = {};
  for (let seed = first; seed < first + count; seed++) {
    const comparison = compare(programOf(seed));
    for (const kind of comparison.agreed) agreed[kind] = (agreed[kind] ?? 0) + 1;
    if (comparison.disputed !== null) {
      return { programs: seed - first + 1, agreed, dispute: `seed ${seed}: ${explain(comparison.disputed)}` };
    }
  }
  return { programs: count, agreed, dispute: null };
}
