/** Who holds a lock, as errors and diagnostics name them: plain data. */
import { type Mode, modeName, type Site } from '@lockdep/core';

/** Who holds a lock, for how long, taken where. */
export interface Holder {
  readonly task: string;
  readonly mode: Mode;
  /** How long it has been held. */
  readonly heldMs: number;
  /** Where it was taken: exactly with the option `sites`, else where such a chain was first seen; null when nobody noted it. */
  readonly site: Site | null;
}

/** The data of one hold; `mode` packed. */
export function holder(task: string, mode: number, since: number, site: Site | null): Holder {
  return { task, mode: modeName(mode), heldMs: performance.now() - since, site };
}

/** `request 7 (write, for 1,204 ms, taken at pool.ts:12:3)` */
export function describeHolder({ task, mode, heldMs, site }: Holder): string {
  const place = site?.frames[0]?.text;
  const taken = place === undefined ? '' : `, taken at ${place}`;
  return `'${task}' (${mode}, for ${Math.round(heldMs)} ms${taken})`;
}

/** All of them in a sentence; `nobody` when there is none. */
export function describeHolders(holders: readonly Holder[]): string {
  return holders.length === 0 ? 'nobody' : holders.map(describeHolder).join(', ');
}
