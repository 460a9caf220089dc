/**
 * Takes a run down from the events of a validator, and says of a prediction which tasks, locks and places it is about.
 *
 * What takes effect when: an acquisition at once, or when it is granted if it had to wait; one that never was is none. A lock that is
 * handed over stays taken until the receiver releases it. Who waits for an event comes after the signal that ended the waiting. The
 * validator must not be recorded by anybody else meanwhile.
 */
import {
  type EventType,
  type Lock,
  MODE_MASK,
  type Site,
  SYNC,
  type Task,
  TRYLOCK,
  type Validator,
  WRITE,
} from '@lockdep/core';
import type { Prediction } from './pattern-search.ts';
import { RunTrace, type Section } from './run-trace.ts';

/** One task of a predicted deadlock: what it holds and wants. */
export interface PredictedRequest {
  readonly task: string;
  readonly wants: string;
  readonly wantsClass: string;
  /** Of what it holds, the lock that the task before it in the circle wants. */
  readonly holds: string;
  readonly holdsClass: string;
  /** Where the request was made; null where that was not recorded. */
  readonly site: Site | null;
}

/** A predicted deadlock in words and numbers: plain data. */
export interface PredictedDeadlock {
  /** Each waits for the next one, the last for the first. */
  readonly requests: readonly PredictedRequest[];
  /** Events that come first, as in the run but for those left out: then every task named is right before its request. */
  readonly witness: readonly WitnessRun[];
  /** Events of the run that do not come first. */
  readonly leftOut: number;
}

/** A task moves for so many of its events. */
export interface WitnessRun {
  readonly task: string;
  readonly events: number;
}

interface Pending {
  readonly lock: Lock;
  readonly how: number;
  readonly site: Site | null;
}

export class RunRecorder {
  readonly trace: RunTrace = new RunTrace();
  readonly #detach: () => void;
  readonly #taskNumbers = new Map<Task, number>();
  readonly #tasks: string[] = [];
  readonly #lockNumbers = new Map<Lock, number>();
  readonly #locks: { readonly name: string; readonly lockClass: string }[] = [];
  readonly #validator: Validator;
  readonly #variables = new Map<string | Lock, number>();
  /** By task: a request that is waiting. */
  readonly #pending = new Map<number, Pending>();
  /** By task: what it has just taken, until it does something else. */
  readonly #last = new Map<number, { readonly section: Section; readonly request: Pending }>();
  /** Who has promised to let which event happen; and the events that have been signalled. */
  readonly #claims = new Set<string>();
  readonly #signalled = new Set<Lock>();
  readonly #sites = new Map<Section, Site>();
  readonly #onAcquired: (section: Section) => void;

  /** Starts recording. @throws Error when somebody records the validator already. */
  constructor(validator: Validator, onAcquired: (section: Section) => void = () => {}) {
    this.#validator = validator;
    this.#onAcquired = onAcquired;
    this.#detach = validator.attach((type, task, lock, how, _nest, site, extra) => {
      if (lock !== null) this.#lockEvent(type, this.#task(task), lock, how, site, extra?.other);
      else if (type === 'begin-task' && extra?.other !== undefined)
        this.trace.fork(this.#task(extra.other), this.#task(task));
      else if (type === 'join-task' && extra?.other !== undefined)
        this.trace.join(this.#task(task), this.#task(extra.other));
    });
  }

  /** Stops recording. */
  stop(): void {
    this.#detach();
  }

  /** A task read a variable that others write: it stays after the write whose value it saw. */
  read(task: Task, variable: string): void {
    this.trace.read(this.#task(task), this.#variable(variable));
  }

  write(task: Task, variable: string): void {
    this.trace.write(this.#task(task), this.#variable(variable));
  }

  /** A prediction in the names of the run. */
  describe({ members, prefix }: Prediction): PredictedDeadlock {
    const requests = members.map((member, at) => {
      const wanted = this.#locks[member.lock]!;
      const held = this.#locks[members.at(at - 1)!.lock]!;
      return {
        task: this.#tasks[member.task]!,
        wants: wanted.name,
        wantsClass: wanted.lockClass,
        holds: held.name,
        holdsClass: held.lockClass,
        site: this.#sites.get(member) ?? null,
      };
    });
    const witness: { task: string; events: number }[] = [];
    const done = prefix.map(() => 0);
    let first = 0;
    let last = -1;
    for (let position = 0; position < this.trace.events; position++) {
      const task = this.trace.taskAt(position);
      if (done[task] === undefined || done[task] >= prefix[task]!) continue;
      done[task] += 1;
      first += 1;
      if (task === last) witness.at(-1)!.events += 1;
      else witness.push({ task: this.#tasks[task]!, events: 1 });
      last = task;
    }
    return { requests, witness, leftOut: this.trace.events - first };
  }

  #lockEvent(type: EventType, task: number, lock: Lock, how: number, site: Site | null, other: Task | undefined): void {
    if (type === 'contended') this.#retract(task, lock);
    else if (type === 'acquired') this.#grant(task);
    else if (type === 'cancel' && this.#pending.get(task)?.lock === lock) this.#pending.delete(task);
    else {
      // Whatever it does next, it does when it has got what it was waiting for.
      this.#grant(task);
      if (type === 'acquire') this.#acquire(task, { lock, how, site });
      else if (type === 'release' || type === 'cancel') this.#release(task, lock);
      else if (type === 'transfer' && other !== undefined) {
        this.trace.transfer(task, this.#task(other), this.#number(lock));
      } else if (type === 'downgrade' && this.trace.release(task, this.#number(lock))) {
        this.trace.acquire(task, this.#number(lock), false, false);
      }
    }
  }

  #acquire(task: number, request: Pending): void {
    const { lock, how } = request;
    if ((how & SYNC) !== 0) return;
    const isTrylock = (how & TRYLOCK) !== 0;
    if (lock.key.type === 'event') {
      if (isTrylock) this.#claims.add(this.#claim(task, lock));
      return;
    }
    const exclusive = (how & MODE_MASK) === WRITE;
    // A recording may say that it was asked for, and not that it had to wait.
    if (!isTrylock && this.trace.isTaken(task, this.#number(lock), exclusive)) this.#pending.set(task, request);
    else this.#take(task, request, !isTrylock);
  }

  #take(task: number, request: Pending, blocking: boolean): void {
    const { lock, how, site } = request;
    const section = this.trace.acquire(task, this.#number(lock), (how & MODE_MASK) === WRITE, blocking);
    if (site !== null) this.#sites.set(section, site);
    this.#last.set(task, { section, request });
    this.#onAcquired(section);
  }

  /** It has to wait after all. */
  #retract(task: number, lock: Lock): void {
    const last = this.#last.get(task);
    if (last === undefined || last.request.lock !== lock || this.#pending.has(task)) return;
    this.#last.delete(task);
    this.trace.retract(last.section);
    this.#pending.set(task, last.request);
  }

  #grant(task: number): void {
    this.#last.delete(task);
    const request = this.#pending.get(task);
    if (request === undefined) return;
    this.#pending.delete(task);
    this.#take(task, request, true);
    this.#last.delete(task);
  }

  /** Of an event: a claim is fulfilled, which lets it happen; or a wait for it is over. */
  #release(task: number, lock: Lock): void {
    if (lock.key.type !== 'event') {
      this.trace.release(task, this.#number(lock));
      return;
    }
    const variable = this.#variable(lock);
    if (this.#claims.delete(this.#claim(task, lock))) {
      this.trace.read(task, variable);
      this.trace.write(task, variable);
      this.#signalled.add(lock);
    } else if (this.#signalled.has(lock)) this.trace.read(task, variable);
    else this.trace.joinAll(task);
  }

  #task(task: Task): number {
    let number = this.#taskNumbers.get(task);
    if (number === undefined) {
      number = this.#tasks.push(task.name) - 1;
      this.#taskNumbers.set(task, number);
    }
    return number;
  }

  #number(lock: Lock): number {
    let number = this.#lockNumbers.get(lock);
    if (number === undefined) {
      const { classes } = this.#validator.engine;
      const lockClass = classes.classes[lock.entry.ids[lock.subclass]!]?.name ?? lock.key.name;
      number = this.#locks.push({ name: lock.label, lockClass }) - 1;
      this.#lockNumbers.set(lock, number);
    }
    return number;
  }

  #claim(task: number, event: Lock): string {
    return `${task} ${this.#variable(event)}`;
  }

  #variable(what: string | Lock): number {
    const number = this.#variables.get(what) ?? this.#variables.size;
    this.#variables.set(what, number);
    return number;
  }
}
