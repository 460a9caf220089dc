/** Keeps the label of the latest step, and passes everything on to the listener there was before. */
import type { Op } from '../engine/op.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { WorldListener } from '../engine/world-listener.ts';

export class LabelListener implements WorldListener {
  readonly #inner: WorldListener | null;
  label = '';
  objects: readonly number[] = [];

  constructor(inner: WorldListener | null) {
    this.#inner = inner;
  }

  executionStarts(): void {
    this.#inner?.executionStarts();
  }

  taskStarts(task: SimTask): void {
    this.#inner?.taskStarts(task);
  }

  taskEnds(task: SimTask): void {
    this.#inner?.taskEnds(task);
  }

  parked(task: SimTask, op: Op): void {
    this.#inner?.parked(task, op);
  }

  abandoned(task: SimTask, op: Op): void {
    this.#inner?.abandoned(task, op);
  }

  stepped(task: SimTask, op: Op, result: unknown): void {
    this.label = op.label(result);
    this.objects = op.targets.map((target) => target.whole.id);
    this.#inner?.stepped(task, op, result);
  }
}
