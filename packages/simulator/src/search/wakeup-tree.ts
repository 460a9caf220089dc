/**
 * Wakeup trees: for a choice point, the sequences that must still be explored from it, sharing prefixes.
 *
 * Inserting a sequence w walks down the first branches that can begin it (a branch's step that nothing before it in w conflicts with) and
 * stops at a leaf, which covers w already, or appends what is left of w as a new rightmost branch.
 */
import { conflicts } from '../engine/access.ts';

/** One step as far as other steps can tell: who, which outcome, which accesses. */
export interface WakeupStep {
  readonly task: number;
  /** Outcome of a choice; 0 for steps that have none. */
  readonly choice: number;
  /** How many outcomes there are. */
  readonly choices: number;
  /** Object numbers and modes, pairwise. */
  readonly accesses: readonly number[];
}

export class WakeupNode {
  /** null at the root. */
  readonly step: WakeupStep | null;
  /** In the order in which they will be explored. */
  readonly children: WakeupNode[] = [];

  constructor(step: WakeupStep | null) {
    this.step = step;
  }

  add(step: WakeupStep): WakeupNode {
    const child = new WakeupNode(step);
    this.children.push(child);
    return child;
  }

  /** Makes sure that some branch begins the sequence; answers whether it had to add one. */
  insert(sequence: readonly WakeupStep[]): boolean {
    let node: WakeupNode = this;
    let rest = sequence;
    for (;;) {
      const next = node.children.find((child) => begins(child.step!, rest));
      if (next === undefined) break;
      const { task } = next.step!;
      const place = rest.findIndex((step) => step.task === task);
      if (place >= 0) rest = rest.toSpliced(place, 1);
      if (rest.length === 0 || next.children.length === 0) return false;
      node = next;
    }
    for (const step of rest) node = node.add(step);
    return true;
  }
}

/** Whether `first` can be moved to the front of the sequence (or be put there, when its task does not occur in it). */
export function begins(first: WakeupStep, sequence: readonly WakeupStep[]): boolean {
  for (const step of sequence) {
    if (step.task === first.task) return step.choice === first.choice;
    if (dependent(first.accesses, step.accesses)) return false;
  }
  return true;
}

export function dependent(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i += 2) {
    for (let k = 0; k < b.length; k += 2) if (a[i] === b[k] && conflicts(a[i + 1]!, b[k + 1]!)) return true;
  }
  return false;
}
