/**
 * The fewest operations that still fail: operations of a failing log are left out, in halves, quarters and so on down to single
 * ones, as long as a failure of the same kind remains (delta debugging).
 *
 * A shorter log meets the same schedule at other moments, so each candidate is tried in turn-taking order first, which needs no
 * seed, and then under several seeds.
 */
import type { FsxFailureReport } from './fsx.ts';
import type { FsxEntry } from './fsx-log.ts';
import { type FsxSettings, replayFsx } from './run-fsx.ts';

/** A log from which nothing can be left out, as far as was tried, and how it fails. */
export interface MinimalFsx {
  readonly log: readonly FsxEntry[];
  readonly failure: FsxFailureReport;
  /** The seed of the schedule; null when it fails even if every task goes on until it has to wait. */
  readonly schedule: number | null;
  /** Replays made. */
  readonly replays: number;
}

/** How hard to try. */
export interface MinimiseFsxOptions {
  /** Schedules tried for each candidate. Default 40. */
  readonly schedules?: number;
  /** Replays in all, at most. Default 20,000. */
  readonly replays?: number;
  /** Told before each replay how long the shortest failing log is by now, and how many replays have been made. */
  readonly onProgress?: (operations: number, replays: number) => void;
}

/** Cuts a failing log down. The kind of `failure` has to remain, whatever the oracle calls it; null when the log does not fail any more, under any schedule tried. */
export function minimiseFsx(
  settings: FsxSettings,
  log: readonly FsxEntry[],
  failure: Pick<FsxFailureReport, 'kind'>,
  options: MinimiseFsxOptions = {},
): MinimalFsx | null {
  const { schedules = 40, replays: most = 20_000, onProgress } = options;
  let replays = 0;
  let best: Omit<MinimalFsx, 'replays'> | null = null;

  /** Whether it still fails, and then how. */
  function fails(candidate: readonly FsxEntry[]): boolean {
    const needsSeed = candidate.some(({ beside }) => beside === true);
    for (let seed = 0; seed <= (needsSeed ? schedules : 0) && replays < most; seed++) {
      onProgress?.((best?.log ?? log).length, replays);
      replays += 1;
      const result = replayFsx(settings, candidate, seed === 0 ? undefined : seed);
      const { failure: found } = result;
      if (found === null || found.kind !== failure.kind) continue;
      // What comes after the failing operation is not needed.
      best = { log: result.log, failure: found, schedule: seed === 0 ? null : seed };
      return true;
    }
    return false;
  }

  if (!fails(log)) return null;
  for (let size = Math.ceil(best!.log.length / 2); size > 0; ) {
    const before = best!.log.length;
    for (let at = 0; at < best!.log.length; ) {
      const { log: now } = best!;
      if (!fails([...now.slice(0, at), ...now.slice(at + size)])) at += size;
    }
    // Single ones as long as one goes: without its successor an operation may not be needed either.
    if (size > 1) size = Math.ceil(size / 2);
    else if (best!.log.length === before || replays >= most) size = 0;
  }
  simplify();
  return { ...best!, replays };

  /** Flags go too, where they are not needed. */
  function simplify(): void {
    for (let at = 0; at < best!.log.length; at++) {
      const { log: now } = best!;
      const { closeOpen, ...plain } = now[at]!;
      if (closeOpen === true) fails(now.with(at, plain));
    }
  }
}
