/**
 * Prediction while the run goes on, for deadlocks of two tasks: at each request, with every request that holds what it wants and wants
 * what it holds. Each pair keeps its search, so that all its occasions together cost one pass. (PLDI 2023, §5: SPDOnline.)
 */
import { AbstractRequests, canMeet, waitsFor } from './abstract-requests.ts';
import { PatternSearch, type Prediction } from './pattern-search.ts';
import type { RunTrace, Section } from './run-trace.ts';

export class OnlinePrediction {
  readonly #trace: RunTrace;
  readonly #requests = new AbstractRequests();
  /** Pairs by the ids of their requests; null once predicted. */
  readonly #pairs = new Map<string, PatternSearch | null>();

  constructor(trace: RunTrace) {
    this.#trace = trace;
  }

  /** Call it with each acquisition of the run, in order: what it makes predictable. Each pair is predicted once. */
  acquired(section: Section): Prediction[] {
    const request = this.#requests.add(section);
    if (request === null) return [];
    const found: Prediction[] = [];
    for (const other of this.#requests.holding(request.lock)) {
      if (!waitsFor(request, other) || !waitsFor(other, request) || !canMeet(request, other)) continue;
      const key = request.id < other.id ? `${request.id} ${other.id}` : `${other.id} ${request.id}`;
      if (!this.#pairs.has(key)) this.#pairs.set(key, new PatternSearch(this.#trace, [request, other]));
      found.push(...this.#search(key));
    }
    return found;
  }

  /** At the end of the run: what sections that have ended since their last occasion make predictable. */
  settle(): Prediction[] {
    return [...this.#pairs.keys()].flatMap((key) => this.#search(key));
  }

  #search(key: string): Prediction[] {
    const prediction = this.#pairs.get(key)?.next() ?? null;
    if (prediction === null) return [];
    this.#pairs.set(key, null);
    return [prediction];
  }
}
