/** Every rule by report kind: its stable id, its usual level and the sentence that states it. */
import type { Level, ReportKind } from './report.ts';

/** What a report kind stands for. */
export interface Rule {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
}

/** Titles are lockdep's own where it has one. */
export const rules: Readonly<Record<ReportKind, Rule>> = {
  recursive: { id: 'LD1', level: 'error', title: 'possible recursive locking detected' },
  circular: { id: 'LD2', level: 'warning', title: 'possible circular locking dependency detected' },
  'bad-unlock': { id: 'LD3', level: 'error', title: 'bad unlock balance detected!' },
  'held-freed': { id: 'LD4', level: 'error', title: 'held lock freed!' },
  'held-at-exit': { id: 'LD5', level: 'error', title: 'task ended with locks still held!' },
  'nest-not-held': { id: 'LD6', level: 'error', title: 'Nested lock was not taken' },
  'invalid-wait-context': { id: 'LD7', level: 'error', title: 'Invalid wait context' },
  'inconsistent-state': { id: 'LD8', level: 'warning', title: 'inconsistent lock state' },
  'irq-inversion': { id: 'LD9', level: 'warning', title: 'possible irq lock inversion dependency detected' },
  'irq-order': { id: 'LD10', level: 'warning', title: 'safe -> unsafe lock order detected' },
  'ww-api': { id: 'LD11', level: 'error', title: 'wound/wait mutex misused' },
  deadlock: { id: 'LD12', level: 'error', title: 'deadlock' },
  assertion: { id: 'LD13', level: 'error', title: 'lock assertion failed' },
  pin: { id: 'LD14', level: 'error', title: 'pinned lock released or unpinned wrongly' },
  'instance-order': { id: 'LD16', level: 'error', title: 'locks of one class nested against their order' },
  'order-flip': { id: 'LD17', level: 'note', title: 'order of the same two objects flipped with their addresses' },
  'interleaved-order': { id: 'LD18', level: 'error', title: 'classes with orders of their own taken interleaved' },
  'bad-contention': { id: 'LD15', level: 'error', title: 'bad contention detected!' },
};
