/** Five mutexes under a fresh validator, and the order it learned from them. */
import { Validator } from '@lockdep/core';
import { beforeEach } from 'vitest';
import { Mutex } from '../src/index.ts';

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export const nothing = async (): Promise<void> => {};

export let validator: Validator;
export let locks: Record<'a' | 'b' | 'c' | 'd' | 'p', Mutex>;

beforeEach(() => {
  validator = new Validator({ sites: false });
  const mutex = (name: string): Mutex => new Mutex({ name, validator });
  locks = { a: mutex('a'), b: mutex('b'), c: mutex('c'), d: mutex('d'), p: mutex('p') };
});

/** The learned order as `outer>inner`, with what follows from it (`p>a` and `a>b` make `p>b`). */
export function order(): string[] {
  const graph = validator.graph();
  const inside = (outer: string, found: Set<string>): Set<string> => {
    for (const inner of graph.outNeighbors(outer)) if (!found.has(inner)) inside(inner, found.add(inner));
    return found;
  };
  return graph
    .nodes()
    .flatMap((outer) => [...inside(outer, new Set())].map((inner) => `${outer}>${inner}`))
    .sort();
}
