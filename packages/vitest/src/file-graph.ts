/**
 * What each test of a file added to the lock order: the dependencies (by strength) that the validator had not learned before.
 *
 * Tests that run concurrently share what they add with whichever ends first. Cost of a test that adds nothing: one look at
 * each dependency.
 */
import type { Validator } from '@lockdep/core';
import { type SavedGraph, type Strength, saveGraph } from '@lockdep/graph';

export class FileGraph {
  readonly #validator: Validator;
  readonly #root: string;
  readonly #seen = new Set<string>();
  #weight = 0;

  constructor(validator: Validator, root: string) {
    this.#validator = validator;
    this.#root = root;
  }

  /** What is new since the last call, as the graph of `run`; null when nothing is. */
  take(run: string): SavedGraph | null {
    const weight = this.#weigh();
    if (weight === this.#weight) return null;
    this.#weight = weight;
    const graph = saveGraph(this.#validator, { run, root: this.#root });
    const dependencies = graph.dependencies.flatMap((dependency) => {
      const { from, to } = dependency;
      const sightings = dependency.sightings.filter(({ strength }) => this.#isNew(from, to, strength));
      const strengths = dependency.strengths.filter((strength) => sightings.some((seen) => seen.strength === strength));
      return sightings.length === 0 ? [] : [{ ...dependency, strengths, sightings }];
    });
    for (const { from, to, strengths } of dependencies) {
      for (const strength of strengths) this.#seen.add(mark(from, to, strength));
    }
    const named = new Set(dependencies.flatMap(({ from, to }) => [from, to]));
    return { ...graph, classes: graph.classes.filter(({ name }) => named.has(name)), dependencies };
  }

  #isNew(from: string, to: string, strength: Strength): boolean {
    return !this.#seen.has(mark(from, to, strength));
  }

  #weigh(): number {
    const { order } = this.#validator.engine;
    let weight = 0;
    for (const edge of order.edges()) weight += 16 + order.bits[edge]!;
    return weight;
  }
}

const mark = (from: string, to: string, strength: Strength): string => JSON.stringify([from, to, strength]);
