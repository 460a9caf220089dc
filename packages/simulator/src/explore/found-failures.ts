/**
 * The different failures met so far, each with the execution that first showed it.
 *
 * A failure that is met again is recognised without being described again: a recorded one by its message and task, a deadlock by what
 * each task is parked on and who keeps it there. So a program that fails in every other execution is explored at full speed.
 */
import type { Op } from '../engine/op.ts';
import { isDeadlocked } from '../engine/run-execution.ts';
import type { Ending } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { deadlock, type Finding, leaked, recorded } from '../failure/finding.ts';

export interface FoundFailure {
  readonly finding: Finding;
  /** Number of the execution, from 1, and its path. */
  readonly execution: number;
  readonly tasks: Int32Array;
  readonly choices: Int32Array;
  occurrences: number;
}

/** A recorded failure by what it says. */
interface KnownRecord {
  readonly kind: string;
  readonly task: number;
  readonly found: FoundFailure;
}

/** A deadlock by its end state, as far as its description depends on it. */
interface KnownDeadlock {
  readonly waits: readonly {
    readonly task: number;
    readonly op: Op;
    readonly gate: boolean;
    readonly by: readonly number[];
  }[];
  readonly found: FoundFailure;
}

/** End states of deadlocks that are remembered; more are described each time. */
const MAX_KNOWN = 32;

export class FoundFailures {
  readonly #bySignature = new Map<string, FoundFailure>();
  readonly #records = new Map<string, KnownRecord[]>();
  readonly #deadlocks: KnownDeadlock[] = [];

  /** In the order in which they were first met. */
  get all(): Iterable<FoundFailure> {
    return this.#bySignature.values();
  }

  /** Notes what is wrong with the execution that has just ended; answers whether anything but a deadlock is. */
  note(world: World, ending: Ending, execution: number): boolean {
    const { failures } = world.checks;
    for (let i = 0; i < failures.length; i++) this.#noteRecorded(world, i, execution);
    if (ending !== 'complete') return failures.length > 0;
    if (isDeadlocked(world)) this.#noteDeadlock(world, execution);
    else if (world.leaks) {
      const leaks = leaked(world);
      for (const finding of leaks) this.#add(world, finding, execution);
      if (leaks.length > 0) return true;
    }
    return failures.length > 0;
  }

  #noteRecorded(world: World, index: number, execution: number): void {
    const { kind, message, task } = world.checks.failures[index]!;
    const known = this.#records.get(message);
    if (known !== undefined) {
      for (const record of known) {
        if (record.task !== task || record.kind !== kind) continue;
        record.found.occurrences++;
        return;
      }
    }
    const found = this.#add(world, recorded(world, index), execution);
    if (known === undefined) this.#records.set(message, [{ kind, task, found }]);
    else known.push({ kind, task, found });
  }

  #noteDeadlock(world: World, execution: number): void {
    for (const known of this.#deadlocks) {
      if (!isSame(known, world)) continue;
      known.found.occurrences++;
      return;
    }
    const found = this.#add(world, deadlock(world), execution);
    if (this.#deadlocks.length === MAX_KNOWN) return;
    const waits = world.live.map((task) => {
      const { pending: op, gate } = world.tasks[task]!;
      return { task, op: op!, gate: gate >= 0, by: [...op!.object.blockers(op!, task)] };
    });
    this.#deadlocks.push({ waits, found });
  }

  #add(world: World, finding: Finding, execution: number): FoundFailure {
    const known = this.#bySignature.get(finding.signature);
    if (known !== undefined) {
      known.occurrences++;
      return known;
    }
    const found: FoundFailure = {
      finding,
      execution,
      tasks: world.pathTask.slice(0, world.count),
      choices: world.pathChoice.slice(0, world.count),
      occurrences: 1,
    };
    this.#bySignature.set(finding.signature, found);
    return found;
  }
}

function isSame({ waits }: KnownDeadlock, world: World): boolean {
  if (waits.length !== world.live.length) return false;
  for (const { task, op, gate, by } of waits) {
    const now = world.tasks[task]!;
    if (now.pending !== op || now.gate >= 0 !== gate) return false;
    const blockers = op.object.blockers(op, task);
    if (blockers.length !== by.length) return false;
    for (let i = 0; i < by.length; i++) if (blockers[i] !== by[i]) return false;
  }
  return true;
}
