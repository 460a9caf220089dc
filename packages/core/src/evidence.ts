/**
 * What was seen when a dependency first appeared, and again when it got stronger: who, which two locks, where each was taken.
 *
 * One record per edge and strength bit at most; records are made on the miss path only.
 */
import type { Site } from './report.ts';
import { type EdgeWitnesses, forgetHeld } from './witness.ts';

export interface Sighting {
  /** The strength bit this sighting brought (dependency.ts). */
  readonly bit: number;
  readonly heldHow: number;
  readonly wantHow: number;
  readonly task: string;
  /** Names of the two locks, see {@link labelOf}. */
  readonly outerLock: string | number;
  readonly innerLock: string | number;
  readonly outerSite: Site;
  readonly innerSite: Site;
  /** Number of the event. */
  readonly event: number;
}

export class Evidence {
  readonly #sightings: (Sighting[] | undefined)[] = [];
  readonly #witnesses: (EdgeWitnesses | undefined)[] = [];

  add(edge: number, sighting: Sighting): void {
    const known = this.#sightings[edge];
    if (known === undefined) this.#sightings[edge] = [sighting];
    else known.push(sighting);
  }

  of(edge: number): readonly Sighting[] {
    return this.#sightings[edge] ?? [];
  }

  /** The sighting that shows one of these strengths, the first if none does. */
  showing(edge: number, bits: number): Sighting | undefined {
    const known = this.of(edge);
    return known.find((sighting) => (sighting.bit & bits) !== 0) ?? known[0];
  }

  /** The circumstances an edge has been seen in. */
  witnesses(edge: number): EdgeWitnesses {
    let known = this.#witnesses[edge];
    if (known === undefined) {
      known = { seen: [], saturated: false };
      this.#witnesses[edge] = known;
    }
    return known;
  }

  /** These classes are gone and their ids may come again: nothing was held under them. */
  forgetClasses(gone: ReadonlySet<number>): void {
    for (const known of this.#witnesses) if (known !== undefined) forgetHeld(known.seen, gone);
  }

  remove(edge: number): void {
    this.#sightings[edge] = undefined;
    this.#witnesses[edge] = undefined;
  }
}
