/**
 * Which earlier events a step races with: those it could have come before, had the scheduler chosen otherwise.
 *
 * For a step of task p with its accesses, the events of other tasks are scanned from the latest to the earliest. An event e that
 * conflicts with the step, and that p does not already know of, is a *reversible race* when p's step can run before it: in the state s that
 * comes of the events before e and then those after e that do not depend on e (called v). Not stopping at the first conflict
 * is what makes locks work: `unlock -> lock` conflicts but cannot be reversed, and the scan goes on to the matching `lock`.
 *
 * Rule C: a step may be kept out by several independent holders (a writer by two readers). Then v is thinned: the acquisitions that
 * still hold the lock at its end are dropped with all that depends on them, until the step can run or nothing is left to drop.
 * Where arriving in a queue is an access of its own, entering does not race with others' entering and leaving: who arrived first decides.
 * `roots` are the events without whose dependents v is taken: e, and what rule C dropped.
 */

import { conflicts, EXCLUSIVE } from '../engine/access.ts';
import { AccessSet } from '../engine/access-set.ts';
import type { Op } from '../engine/op.ts';
import { INITIAL, type SimObject } from '../engine/sim-object.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import { type History, joined } from './history.ts';
import type { Withdrawn } from './withdrawn.ts';

/** Kinds of the other objects that a kill accesses. */
const NO_QUEUES: ReadonlySet<string> = new Set(['task', 'variables', 'region']);

export class Races {
  readonly #world: World;
  readonly #history: History;
  readonly #withdrawn: Withdrawn;
  readonly #found: (event: number) => void;
  /** The race being looked at: events whose dependents are left out of v. */
  readonly roots: number[] = [];
  /** What the step accesses in the state s of the race at hand. */
  readonly inS: AccessSet = new AccessSet();
  readonly #chosen: number[] = [];
  /** By object number; an object made anew for an execution gets a new one. */
  readonly #twins: { readonly of: SimObject; readonly twin: SimObject }[] = [];
  readonly #candidates: number[] = [];
  readonly #replayed: number[] = [];
  /** The kill that took the step away; -1: none. */
  #killer = -1;
  /** Events from here on do not count. */
  #end = 0;
  /** The step enters what its task has queued for. */
  #isEntry = false;

  /** `found` is told of each race, latest first, while `roots` and `inS` describe it. */
  constructor(world: World, history: History, withdrawn: Withdrawn, found: (event: number) => void) {
    this.#world = world;
    this.#history = history;
    this.#withdrawn = withdrawn;
    this.#found = found;
  }

  /**
   * Looks at the step `op` of `task`, whose past stands in the clock row `row` of the history; only events before `end` count. A step that a
   * kill has taken away (`killer`, the event) can run only where that has not happened, so v is taken without it.
   */
  scan(task: number, op: Op, accesses: AccessSet, row: number, end: number, gate: number, killer = -1): void {
    this.#killer = killer;
    this.#end = end;
    this.#isEntry = op.queuedIn !== null && op.queuedIn.whole !== op.queuedIn;
    // A wait for a promise never runs: the step of another replaces it.
    if (accesses.count === 0 || (op.gated && gate < 0) || op === this.#world.control.promise) return;
    // Not by setting the length: that leaves compiled code.
    while (this.#chosen.length > 0) this.#chosen.pop();
    if (accesses.count === 1) this.#walk(task, op, accesses, row);
    else this.#walkMany(task, op, accesses, row);
  }

  /** Whether event j, which comes after the race's event, belongs to v. */
  inV(j: number): boolean {
    const { roots } = this;
    for (let k = 0; k < roots.length; k++) if (this.#history.happensBefore(roots[k]!, j)) return false;
    return true;
  }

  /** One object: along its chain of accesses, block by block, and no further than the first block with something known or chosen in it. */
  #walk(task: number, op: Op, accesses: AccessSet, row: number): void {
    const history = this.#history;
    const end = this.#end;
    const mode = accesses.modes[0]!;
    const past = row * history.stride;
    let a = history.head[accesses.objects[0]!]!;
    let block = -2;
    let isLast = false;
    for (; a >= 0; a = history.previous[a]!) {
      const e = history.event[a]!;
      if (e >= end) continue;
      if (history.blockBefore[a] !== block) {
        if (isLast) return;
        block = history.blockBefore[a]!;
      }
      if (history.clocks[past + history.task[e]!]! > history.ordinal[e]!) isLast = true;
      else if (history.task[e] !== task && conflicts(history.mode[a]!, mode)) {
        if (this.#isBeforeChosen(e) || this.#consider(e, task, op, accesses, row)) isLast = true;
      }
    }
  }

  /** Several objects: the same over all their chains, latest event first. */
  #walkMany(task: number, op: Op, accesses: AccessSet, row: number): void {
    const history = this.#history;
    const end = this.#end;
    const past = row * history.stride;
    while (this.#candidates.length > 0) this.#candidates.pop();
    for (let k = 0; k < accesses.count; k++) {
      for (let a = history.head[accesses.objects[k]!]!; a >= 0; a = history.previous[a]!) {
        const e = history.event[a]!;
        if (e >= end || history.task[e] === task || !conflicts(history.mode[a]!, accesses.modes[k]!)) continue;
        if (history.clocks[past + history.task[e]!]! <= history.ordinal[e]!) this.#candidates.push(e);
      }
    }
    this.#candidates.sort(descending);
    let before = -1;
    for (const e of this.#candidates) {
      if (e === before) continue;
      before = e;
      if (!this.#isBeforeChosen(e)) this.#consider(e, task, op, accesses, row);
    }
  }

  #isBeforeChosen(e: number): boolean {
    for (const c of this.#chosen) if (this.#history.happensBefore(e, c)) return true;
    return false;
  }

  /** Tells of the race with e when it is one; answers whether it is. */
  #consider(e: number, task: number, op: Op, accesses: AccessSet, row: number): boolean {
    const inTurn = this.#isEntry && this.#history.op[e]!.isPlain ? op.object : null;
    if (inTurn !== null && accesses.count === 1) return false;
    while (this.roots.length > 1) this.roots.pop();
    this.roots[0] = e;
    if (this.#killer > e) this.roots.push(this.#killer);
    if (!this.#canRun(e, task, op, accesses, row)) return false;
    if (!this.#conflictsInS(e, inTurn)) return false;
    this.#chosen.push(e);
    this.#found(e);
    return true;
  }

  /** Whether the step can run in s; fills `inS`, and thins v where that helps. */
  #canRun(e: number, task: number, op: Op, accesses: AccessSet, row: number): boolean {
    const awaited = joined(op);
    if (awaited !== null && !this.#hasEnded(awaited, e)) return false;
    while (!this.#isEnabledInS(e, task, op, accesses, row)) if (!this.#dropAfterKill(op)) return false;
    return true;
  }

  /** A step that was taken away can come no later than the kill, so what others did to its object since need not keep it out. */
  #dropAfterKill(op: Op): boolean {
    if (this.#killer < 0) return false;
    const j = this.#latestOn(op.object, this.#killer, -1);
    if (j >= 0) this.roots.push(j);
    return j >= 0;
  }

  /** Fills `inS`; rule C is applied here. */
  #isEnabledInS(e: number, task: number, op: Op, accesses: AccessSet, row: number): boolean {
    const { inS } = this;
    const { objects } = this.#world;
    inS.count = 0;
    // By number: an event of an earlier execution has an earlier object.
    for (let k = 0; k < accesses.count; k++) {
      const id = accesses.objects[k]!;
      const object = objects[id]!.whole;
      // The step's own object decides whether it can run; a task's life, and what else it touches, never keeps it.
      if (k >= op.targets.length || object.kind === 'task') inS.append(id, accesses.modes[k]!);
      else if (!object.registerLike) {
        if (!this.#tryOnTwin(object, id, e, task, op, row)) return false;
      } else {
        const state = this.#stateInS(object, e);
        if (op.blocks && object.id === op.object.id && !object.enabledIn(op, task, state)) return false;
        inS.append(id, object.modeIn(op, task, state));
      }
    }
    if (op.victim !== null) this.#moveVictim(e, op);
    return true;
  }

  /** In s the victim of a kill may wait somewhere else than where the kill has met it, or have been killed before, or not yet. */
  #moveVictim(e: number, kill: Op): void {
    const { inS } = this;
    const { op, task } = this.#history;
    const { index } = kill.victim!;
    let wait: Op | null = null;
    let isKilled = false;
    for (let j = 0; j < this.#end && wait === null && !isKilled; j++) {
      if (j < e || (j > e && this.inV(j))) isKilled = op[j]!.victim?.index === index;
      else wait = this.#withdrawn.takenFrom(index, j) ?? (task[j] === index ? op[j]! : null);
    }
    if (wait === null && !isKilled) return;
    while (inS.count > 0 && this.#isQueue(inS.objects[inS.count - 1]!)) inS.count--;
    for (const { id } of wait?.queuedIn?.parts ?? []) inS.append(id, EXCLUSIVE);
  }

  /** Of the objects that a kill accesses: whether the victim is queued there. */
  #isQueue(object: number): boolean {
    return !NO_QUEUES.has(this.#world.objects[object]!.kind);
  }

  /** Whether a task that somebody joins has ended in s. */
  #hasEnded({ finished, finishedAt }: SimTask, e: number): boolean {
    return finished && (finishedAt < e || (finishedAt > e && this.inV(finishedAt)));
  }

  /** State of a register-like object in s: after its last exclusive access that s has. */
  #stateInS(object: SimObject, e: number): unknown {
    const history = this.#history;
    for (let a = history.head[object.id]!; a >= 0; a = history.previous[a]!) {
      if (history.mode[a] !== EXCLUSIVE) continue;
      const j = history.event[a]!;
      if (j < e || (j > e && this.inV(j))) return history.stateAfter(a);
    }
    return INITIAL;
  }

  /** Replays on a twin the events that s has on the object, and asks there; drops holders from v while that helps (rule C). */
  #tryOnTwin(object: SimObject, id: number, e: number, task: number, op: Op, row: number): boolean {
    const history = this.#history;
    const twin = this.#twinOf(object);
    for (;;) {
      twin.reset();
      this.#replay(object, twin, e);
      if (!op.blocks || object.id !== op.object.id || twin.enabled(op, task)) break;
      let dropped = false;
      for (const holder of twin.holders()) {
        const j = this.#latestOn(object, e, holder);
        if (j < 0 || history.clock(row, holder) > history.ordinal[j]! || this.roots.includes(j)) continue;
        this.roots.push(j);
        dropped = true;
      }
      if (!dropped) return false;
    }
    this.inS.append(id, twin.mode(op, task));
    return true;
  }

  #replay(object: SimObject, twin: SimObject, e: number): void {
    const history = this.#history;
    while (this.#replayed.length > 0) this.#replayed.pop();
    for (const part of object.parts) {
      for (let a = history.head[part.id]!; a >= 0; a = history.previous[a]!) {
        const j = history.event[a]!;
        if (j < e || (j > e && this.inV(j))) this.#replayed.push(j);
      }
    }
    if (object.parts.length > 1) this.#replayed.sort(descending);
    for (let i = this.#replayed.length - 1; i >= 0; i--) {
      const j = this.#replayed[i]!;
      if (j === this.#replayed[i + 1]) continue;
      const op = history.op[j]!;
      const { victim, withdraws, performer } = op;
      if (victim !== null) twin.cancel(op, victim.index);
      else if (withdraws !== null) twin.cancel(withdraws, history.task[j]!);
      else twin.run(op, performer < 0 ? history.task[j]! : performer);
    }
  }

  /** The latest event after `e` on the object that v has, of `task` if that is not -1; -1: none. */
  #latestOn(object: SimObject, e: number, task: number): number {
    const history = this.#history;
    let latest = -1;
    for (const part of object.parts) {
      for (let a = history.head[part.id]!; a >= 0; a = history.previous[a]!) {
        const j = history.event[a]!;
        if (j <= e || j <= latest) break;
        if ((task < 0 || history.task[j] === task) && this.inV(j)) latest = j;
      }
    }
    return latest;
  }

  /** Two steps that commute in s (two failing trylocks) are no race; nor is what they do to the lock that both enter or leave in turn. */
  #conflictsInS(e: number, inTurn: SimObject | null): boolean {
    const { inS } = this;
    const { objects } = this.#world;
    const history = this.#history;
    const end = history.firstAccess[e + 1]!;
    for (let a = history.firstAccess[e]!; a < end; a++) {
      const id = history.object[a]!;
      for (let k = 0; k < inS.count; k++) {
        if (inS.objects[k] !== id || !conflicts(inS.modes[k]!, history.mode[a]!)) continue;
        if (objects[id]!.whole !== inTurn) return true;
      }
    }
    return false;
  }

  #twinOf(object: SimObject): SimObject {
    let known = this.#twins[object.id];
    if (known === undefined || known.of !== object) {
      known = { of: object, twin: object.twin() };
      this.#twins[object.id] = known;
    }
    return known.twin;
  }
}

const descending = (a: number, b: number): number => b - a;
