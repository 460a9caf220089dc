/** Requests for locks made while others were held, as ordinary runs have shown them; those that look the same are one. */
import type { SimObject } from '../engine/sim-object.ts';
import type { Hold } from './held-by-task.ts';

/** A task asks for a lock. Tasks and locks have the same numbers in every execution. */
export interface Request {
  readonly task: number;
  readonly lock: SimObject;
  readonly lockClass: string;
  readonly exclusive: boolean;
  /** What it holds, oldest first. */
  readonly held: readonly Hold[];
  /** Classes of that, locks that nobody waits for included. */
  readonly classes: ReadonlySet<string>;
  /** Steps it has done. */
  readonly step: number;
  /** By task: steps of it that are over then, by spawn and join. */
  readonly clock: ReadonlyMap<number, number>;
}

/** More than that are not kept: what is left out may only make a search longer. */
const MOST = 2_000;

export class Requests {
  readonly all: Request[] = [];
  /** Locks by number that somebody asked for exclusively, whatever he held. */
  readonly written: Set<number> = new Set();
  readonly #known = new Set<string>();

  add(request: Request): void {
    const { task, lock, exclusive, held, clock } = request;
    const holds = held.map((hold) => `${hold.lock.id}${hold.exclusive ? 'w' : 'r'}`).join();
    const key = `${task} ${lock.id} ${exclusive} ${holds} ${[...clock].join(';')}`;
    if (this.#known.has(key) || this.all.length === MOST) return;
    this.#known.add(key);
    this.all.push(request);
  }
}
