/**
 * Takes an ordinary run down: its events as prediction wants them, and every request made while something was held.
 *
 * Steps are events in the order in which they ran, at least one a step, so that a predicted set of events is a set of steps. What a step
 * reads is known here (variables, signals, permits): prediction keeps tasks behind the writes they saw. Two steps that touch one thing
 * otherwise than by reading stay in order, which is more than need be.
 */
import type { Validator } from '@lockdep/core';
import { type Prediction, predict, RunTrace, type Section } from '@lockdep/predict';
import { SHARED } from '../engine/access.ts';
import type { Op } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import { JOIN, SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import type { WorldListener } from '../engine/world-listener.ts';
import { HeldByTask } from './held-by-task.ts';
import { heldClasses } from './held-classes.ts';
import { asksForLock, effectOf, isExclusive, isLock, lockClassOf } from './lock-step.ts';
import type { Requests } from './request.ts';

/** Circles of requests that are looked at in a run. */
const MOST_PATTERNS = 1_000;

/** One step of the run: who, which outcome, and up to which of its events. */
interface Step {
  readonly task: number;
  readonly choice: number;
  readonly events: number;
}

export class RecordedRun implements WorldListener {
  readonly #world: World;
  readonly #validator: Validator;
  readonly #trace = new RunTrace();
  readonly #held: HeldByTask;
  readonly #requests: Requests;
  readonly #steps: Step[] = [];
  readonly #lockClasses = new Map<number, string>();
  /** By task: how many steps of others are over before its own next one, by spawn and join. */
  readonly #clocks: Map<number, number>[] = [];

  /** Its requests are added to those of other runs. */
  constructor(world: World, validator: Validator, requests: Requests, inner: WorldListener | null) {
    this.#world = world;
    this.#validator = validator;
    this.#requests = requests;
    this.#held = new HeldByTask(inner);
  }

  /** Deadlocks that other schedules of this run reach. */
  predictions(): readonly Prediction[] {
    return predict(this.#trace, { patterns: MOST_PATTERNS }).predictions;
  }

  lockClassOf({ lock }: Section): string {
    return this.#lockClasses.get(lock)!;
  }

  /** The steps that come first in a prediction. */
  witness({ prefix }: Prediction): readonly { readonly task: number; readonly choice: number }[] {
    const before = prefix.map(() => 0);
    return this.#steps.filter(({ task, events }) => {
      const isFirst = (before[task] ?? 0) < (prefix[task] ?? 0);
      before[task] = events;
      return isFirst;
    });
  }

  executionStarts(): void {
    this.#held.executionStarts();
  }

  taskStarts(task: SimTask): void {
    this.#held.taskStarts(task);
    const { parent } = task;
    this.#clocks[task.index] = new Map(this.#clocks[parent] ?? []);
    if (parent < 0) return;
    this.#clocks[task.index]!.set(parent, this.#world.tasks[parent]!.steps + 1);
    this.#trace.fork(parent, task.index);
  }

  taskEnds(task: SimTask): void {
    this.#held.taskEnds(task);
  }

  parked(task: SimTask, op: Op): void {
    this.#held.parked(task, op);
    if (!asksForLock(op)) return;
    if (isExclusive(op)) this.#requests.written.add(op.object.id);
    const held = this.#held.of(task.index);
    if (held.length === 0) return;
    this.#requests.add({
      task: task.index,
      lock: op.object,
      lockClass: lockClassOf(op),
      exclusive: isExclusive(op),
      held: [...held],
      classes: heldClasses(this.#world, this.#validator, task),
      step: task.steps,
      clock: this.#clocks[task.index]!,
    });
  }

  abandoned(task: SimTask, op: Op): void {
    this.#held.abandoned(task, op);
  }

  stepped(task: SimTask, op: Op, result: unknown): void {
    this.#held.stepped(task, op, result);
    const { index } = task;
    const before = this.#events(index);
    this.#note(index, op, result);
    if (this.#events(index) === before) this.#trace.write(index, privateTo(index));
    this.#steps.push({ task: index, choice: this.#world.choice, events: this.#events(index) });
  }

  #note(task: number, op: Op, result: unknown): void {
    const { object } = op;
    const trace = this.#trace;
    if (object instanceof SimTask) {
      if (op.code !== JOIN) return;
      trace.join(task, object.index);
      this.#joined(task, object);
      return;
    }
    // Getting the mutex back comes after the signal.
    if (op.gated) trace.read(task, (op.arg as SimObject).id);
    if (object.kind === 'cond' && op.follow !== null) trace.release(task, op.follow.object.id);
    if (isLock(object) && object.owned) this.#lockStep(task, op, result);
    else {
      for (const { id } of op.targets) {
        trace.read(task, id);
        if (op.access !== SHARED) trace.write(task, id);
      }
    }
  }

  #lockStep(task: number, op: Op, result: unknown): void {
    const trace = this.#trace;
    const { object } = op;
    this.#lockClasses.set(object.id, lockClassOf(op));
    switch (effectOf(op, result)) {
      case 'takes':
        trace.acquire(task, object.id, isExclusive(op), op.blocks);
        break;
      case 'gives':
        trace.release(task, object.id);
        break;
      case 'lowers':
        if (trace.release(task, object.id)) trace.acquire(task, object.id, false, false);
        break;
      case 'hands-over': {
        const to = object.holders()[0];
        if (to !== undefined) trace.transfer(task, to, object.id);
        break;
      }
      case null:
    }
  }

  #joined(task: number, ended: SimTask): void {
    const clock = new Map(this.#clocks[task]);
    for (const [other, steps] of this.#clocks[ended.index] ?? []) {
      clock.set(other, Math.max(steps, clock.get(other) ?? 0));
    }
    clock.set(ended.index, Number.POSITIVE_INFINITY);
    this.#clocks[task] = clock;
  }

  #events(task: number): number {
    return this.#trace.tasks[task]?.events ?? 0;
  }
}

/** A variable that no other task touches. */
const privateTo = (task: number): number => -1 - task;
