/**
 * Optimal DPOR: source sets grown to wakeup trees, so that no execution is begun that turns out redundant.
 *
 * Every execution runs to its end; only there are its races looked at, over all its events and (rule A) the pending operations of
 * blocked tasks. A race (e, e') gives the sequence v of the events that do not depend on e, then e'; v goes into the wakeup tree of the
 * choice point before e, unless something asleep there can begin it. Completed executions == traces, none is cut short.
 * Costs up to four times the time of source-DPOR per execution, and memory for the trees.
 *
 * A choice with several outcomes is as many steps of one task; all of them are branches where it is met unguided.
 */
import { AccessSet } from '../engine/access-set.ts';
import type { Op } from '../engine/op.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { History } from './history.ts';
import { Races } from './races.ts';
import { begins, dependent, WakeupNode, type WakeupStep } from './wakeup-tree.ts';
import { Withdrawn } from './withdrawn.ts';

export class OptimalDpor implements Selector {
  readonly history: History = new History();
  /** Executions cut short; stays 0. */
  sleepBlocked = 0;
  readonly #races: Races;
  readonly #accesses = new AccessSet();
  /** By depth: what is to be explored from there (the first child is being explored), and what sleeps. */
  readonly #trees: WakeupNode[] = [new WakeupNode(null)];
  readonly #sleep: WakeupStep[][] = [[]];
  readonly #withdrawn = new Withdrawn();
  #started = false;
  /** The step whose races are being looked for. */
  #racingTask = 0;
  #racingChoice = 0;
  #racingOp: Op | null = null;

  constructor(world: World) {
    this.#races = new Races(world, this.history, this.#withdrawn, (event) => this.#reverse(event));
  }

  plan(): number {
    if (!this.#started) {
      this.#started = true;
      return 0;
    }
    for (let depth = this.history.length - 1; depth >= 0; depth--) {
      this.history.popTo(depth);
      this.#withdrawn.popTo(depth);
      const tree = this.#trees[depth]!;
      this.#sleep[depth]!.push(tree.children.shift()!.step!);
      if (tree.children.length > 0) return depth;
    }
    return -1;
  }

  begin(_world: World): void {}

  pick(world: World, count: number): number {
    const depth = world.count;
    const tree = this.#trees[depth]!;
    if (tree.children.length === 0 && !this.#branch(world, depth, count)) {
      this.sleepBlocked++;
      return -1;
    }
    const child = tree.children[0]!;
    const { task } = child.step!;
    const step = stepOf(world, task, child.step!.choice, this.#accesses);
    // A step that has been inserted may be known in less detail than the one that runs.
    const running = new WakeupNode(step);
    running.children.push(...child.children);
    tree.children[0] = running;
    this.#trees[depth + 1] = running;
    this.#sleep[depth + 1] = this.#sleep[depth]!.filter(
      (sleeper) => sleeper.task !== task && !dependent(sleeper.accesses, step.accesses),
    );
    const op = world.tasks[task]!.pending!;
    this.history.preparePast(world, task);
    this.history.push(task, op, step.choice, this.#accesses);
    this.#withdrawn.note(world, this.history, op);
    return task;
  }

  choose(world: World): number {
    return this.#trees[world.count]!.children[0]!.step!.choice;
  }

  stepped(world: World): void {
    this.history.seal(world.objects);
    if (world.givenUp.length > 0) this.#withdrawn.noteGivenUp(world, this.history);
  }

  end(world: World, ending: Ending): void {
    if (ending !== 'complete') return;
    const { history } = this;
    for (let event = 0; event < history.length; event++) {
      recollect(history, event, this.#accesses);
      history.recallPast(event);
      this.#scan(history.task[event]!, history.op[event]!, history.choice[event]!, event, history.gate[event]!);
    }
    for (const { task, op, accesses, gate, killer } of this.#withdrawn.recalled(history)) {
      this.#accesses.copy(accesses);
      this.#scan(task, op, 0, killer + 1, gate, killer);
    }
    for (const task of world.tasks) {
      if (task.pending === null) continue;
      this.#accesses.collect(task);
      history.preparePast(world, task.index);
      this.#scan(task.index, task.pending, 0, history.length, history.gate[history.length]!);
    }
  }

  /** Share of the tree explored, as far as it is known. */
  explored(): number {
    let share = 1;
    let done = 0;
    for (let depth = 0; depth < this.history.length; depth++) {
      const left = this.#trees[depth]!.children.length;
      const asleep = this.#sleep[depth]!.length;
      done += (share * asleep) / (asleep + left);
      share /= asleep + left;
    }
    return Math.min(1, done);
  }

  /** Opens an unguided choice point with one task that is not asleep; false when there is none. */
  #branch(world: World, depth: number, count: number): boolean {
    const sleep = this.#sleep[depth]!;
    const last = depth === 0 ? -1 : world.pathTask[depth - 1]!;
    let best = -1;
    for (let i = 0; i < count; i++) {
      const task = world.enabled[i]!;
      const { choices } = world.tasks[task]!.pending!;
      const asleep = sleep.reduce((sum, sleeper) => sum + (sleeper.task === task ? 1 : 0), 0);
      if (asleep >= choices) continue;
      if (task === last && !world.tasks[task]!.yielded) {
        best = task;
        break;
      }
      if (best < 0 || (best < last && task > last)) best = task;
    }
    if (best < 0) return false;
    const { choices } = world.tasks[best]!.pending!;
    for (let choice = 0; choice < choices; choice++) {
      const known = choices > 1 && sleep.some((sleeper) => sleeper.task === best && sleeper.choice === choice);
      if (!known) this.#trees[depth]!.add(stepOf(world, best, choice, this.#accesses));
    }
    return true;
  }

  /** Looks for the races of a step whose past has been written; only events before `end` count. */
  #scan(task: number, op: Op, choice: number, end: number, gate: number, killer = -1): void {
    const { history } = this;
    this.#racingTask = task;
    this.#racingOp = op;
    this.#racingChoice = choice;
    this.#races.scan(task, op, this.#accesses, history.length, end, gate, killer);
  }

  /** A race of the step at hand with event `e`. */
  #reverse(e: number): void {
    const sequence = this.#sequence(e);
    if (this.#hitsSleep(e, sequence)) return;
    this.#trees[e]!.insert(sequence);
  }

  /** The events after `e` that do not depend on it, then the racing step. */
  #sequence(e: number): WakeupStep[] {
    const { history } = this;
    const sequence: WakeupStep[] = [];
    for (let j = e + 1; j < history.length; j++) if (this.#races.inV(j)) sequence.push(recall(history, j));
    const { choices } = this.#racingOp!;
    sequence.push({ task: this.#racingTask, choice: this.#racingChoice, choices, accesses: listed(this.#races.inS) });
    return sequence;
  }

  #hitsSleep(e: number, sequence: readonly WakeupStep[]): boolean {
    const sleep = this.#sleep[e]!;
    for (const sleeper of sleep) {
      if (!begins(sleeper, sequence)) continue;
      if (sleeper.choices === 1 || sequence.some((step) => step.task === sleeper.task)) return true;
      // Not in the sequence: it may still take an outcome that is awake.
      if (sleep.filter(({ task }) => task === sleeper.task).length >= sleeper.choices) return true;
    }
    return false;
  }
}

/** The pending op of a task as a step in the present state; leaves its accesses in `scratch`. */
function stepOf(world: World, task: number, choice: number, scratch: AccessSet): WakeupStep {
  scratch.collect(world.tasks[task]!);
  return { task, choice, choices: world.tasks[task]!.pending!.choices, accesses: listed(scratch) };
}

function listed({ count, objects, modes }: AccessSet): number[] {
  const accesses: number[] = [];
  for (let k = 0; k < count; k++) accesses.push(objects[k]!, modes[k]!);
  return accesses;
}

/** An executed event as a step. */
function recall(history: History, event: number): WakeupStep {
  const accesses: number[] = [];
  const end = history.firstAccess[event + 1]!;
  for (let a = history.firstAccess[event]!; a < end; a++) accesses.push(history.object[a]!, history.mode[a]!);
  return { task: history.task[event]!, choice: history.choice[event]!, choices: history.op[event]!.choices, accesses };
}

function recollect(history: History, event: number, into: AccessSet): void {
  into.count = 0;
  const end = history.firstAccess[event + 1]!;
  for (let a = history.firstAccess[event]!; a < end; a++) into.append(history.object[a]!, history.mode[a]!);
}
