/** The corpus of bugs, as data: what happened in the kernel, step by step, and for deadlocks the steps as repaired. */
import { readFileSync } from 'node:fs';

/** A step of a task as the corpus notes it; only those about locks and about waiting for others matter to `lock-program.ts`. */
export interface CorpusStep {
  readonly task: string;
  readonly op: string;
  readonly object: string;
  readonly mode?: 'exclusive' | 'shared';
}

export interface CorpusBug {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly switch?: string;
  /** The locks of its deadlock: these instances, or the classes alone where no instances can deadlock. */
  readonly cycle?: { readonly instance?: readonly string[]; readonly class?: readonly string[] };
  readonly interleaving: readonly CorpusStep[];
}

export interface CorpusFix {
  readonly how: string;
  readonly steps: readonly string[];
  /** The lock that somebody must want exclusively before readers deadlock. */
  readonly writer?: string;
  /** Classes whose locks nest by number. */
  readonly ordered?: readonly string[];
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../corpus/${file}`, import.meta.url), 'utf8')) as unknown;

export const { bugs } = read('bugs.json') as { readonly bugs: readonly CorpusBug[] };

/** A repair that would be a bug itself. */
export interface RejectedFix extends CorpusFix {
  readonly circle: readonly string[];
}

export const { fixes, rejected } = read('fixes.json') as {
  readonly fixes: Readonly<Record<string, CorpusFix>>;
  readonly rejected: Readonly<Record<string, RejectedFix>>;
};
