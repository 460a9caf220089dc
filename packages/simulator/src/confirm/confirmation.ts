/** What is answered about a report: whether the deadlock can happen, and the proof. */
import type { OrderReport, Validator } from '@lockdep/core';
import type { Failure } from '../failure/failure.ts';

/**
 * What decided it. Confirmed: it happened in an ordinary run (`run`), in a reordered one (`prediction`), with tasks held back before their
 * requests (`steering`), or in the search of all interleavings (`search`). Refuted, always by that search: what it found nothing against is
 * named, a lock that both hold (`gate`), spawn and join (`order`), readers (`modes`), too few tasks (`same-task`), or none of these
 * (`search`). Unconfirmed: the budget ended (`budget`).
 */
export type ConfirmedBy =
  | 'run'
  | 'prediction'
  | 'steering'
  | 'search'
  | 'gate'
  | 'order'
  | 'modes'
  | 'same-task'
  | 'budget';

/** How near the nearest attempt came. */
export interface Closest {
  /** The tasks that stood at their requests: `t1 at 'lock B' holding A`. */
  readonly paused: readonly string[];
  /** Why one of them had to go on: what the others waited for; null when nothing is known to have. */
  readonly released: string | null;
}

/** Whether the deadlock that a report warns of can happen in a program. */
export interface Confirmation {
  readonly report: OrderReport;
  /** It happens, here is how; it cannot, all interleavings have been tried; neither could be shown within the budget. */
  readonly verdict: 'confirmed' | 'refuted' | 'unconfirmed';
  /** One sentence. */
  readonly reason: string;
  readonly by: ConfirmedBy;
  /** Of a confirmed one: the deadlock, minimised, with the schedule that leads there. */
  readonly failure?: Failure;
  /** Of an unconfirmed one. */
  readonly closest?: Closest;
  /** Steered executions. */
  readonly attempts: number;
  /** Executions of all kinds until it was decided, those shared with other reports included; minimising apart. */
  readonly executions: number;
  readonly ms: number;
}

/** Ways to decide a report, in the order in which they are tried. */
export type Means = 'prediction' | 'steering' | 'search';

/** How much to spend on confirming. */
export interface ConfirmOptions {
  /** For all reports together. */
  readonly budget?: {
    /** Executions of the search. Default 100,000. */
    readonly executions?: number;
    /** Wall-clock milliseconds, minimising apart. Default 10,000; with it, results may depend on the machine. */
    readonly ms?: number;
    /** Steps of one execution. Default 10,000. */
    readonly steps?: number;
  };
  /** Ordinary runs that show what tasks ask for, the first in turn, the others at random. Default 10. */
  readonly runs?: number;
  /** Steered attempts for each report at most; of two tasks 8 are made, of three 24. Default 200. */
  readonly attempts?: number;
  /** Of everything random. Default 1. */
  readonly seed?: number;
  /** Steps to spend on minimising each confirmed deadlock. Default 200,000; 0 takes the first schedule as it is. */
  readonly minimise?: number;
  /** The validator that the program's locks report to. Default: a new one. */
  readonly validator?: Validator;
  /** Which means are used, after the ordinary runs. Default: all. */
  readonly means?: readonly Means[];
}
