/** One acquisition on its way through the checks. */
import type { Lock } from './lock.ts';
import type { Site } from './report.ts';
import type { Task } from './task.ts';

export interface Acquisition {
  readonly task: Task;
  readonly lock: Lock;
  /** Packed, with the key's forced flags. */
  readonly how: number;
  readonly nest: Lock | null;
  readonly site: Site | null;
  readonly classId: number;
  /** Context kinds enabled when it was taken; for a replayed entry those of its own time where that matters. */
  readonly enabled: number;
  /** Index of the first held entry of the current chain; `task.depth` when this acquisition begins a chain. */
  readonly chainStart: number;
}
