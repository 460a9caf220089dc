/**
 * A schedule: who ran when, in the notation of the simulator's diagrams (`lock A`, `rdunlock B`), and from it what every task
 * holds and waits for after each step. A failure of `@lockdep/simulator` has all fields but the title.
 *
 * What is held follows from the labels alone: a lock that is released by another task than its taker leaves the taker; what is
 * not a lock (variables, channels, completions, permits) is a step like others. Linear in steps times tasks.
 */

/** Plain data. */
export interface Schedule {
  readonly title: string;
  /** Stretches: a task, then the labels of the steps it takes. */
  readonly schedule: readonly (readonly [task: string, ...labels: string[]])[];
  /** What is wrong at its end, in one sentence. */
  readonly message?: string;
  /** Who waits for what at its end. */
  readonly waits?: readonly FinalWait[];
  /** The same as source text, to paste into a test. */
  readonly literal?: string;
  /** Where in the program each step stands: `code (/path/model.ts:12:5)`. */
  readonly sites?: readonly (string | null)[];
}

/** A task that cannot go on when the schedule has ended. */
export interface FinalWait {
  readonly task: string;
  /** The operation it is kept from: `lock B`, or `a signal of C`. */
  readonly wants: string;
  readonly heldBy: readonly string[];
}

/** A step and what holds after it. */
export interface Moment {
  readonly task: string;
  readonly label: string;
  /** It is no step: the task cannot take it, now or ever. */
  readonly isStuck: boolean;
  readonly site: string | null;
  /** Of every task of the schedule, in the order of their first steps. */
  readonly states: readonly TaskState[];
}

export interface TaskState {
  readonly task: string;
  readonly hasBegun: boolean;
  /** Oldest first. */
  readonly held: readonly HeldLock[];
  /** The lock it is kept from, or what else it waits for at the end. */
  readonly waitsFor: string | null;
}

export interface HeldLock {
  readonly lock: string;
  readonly isRead: boolean;
}

/** Every step of a schedule with its consequences; for those that are stuck at its end, a last one each. */
export function moments({ schedule, waits = [], sites = [] }: Schedule): Moment[] {
  const steps = schedule.flatMap(([task, ...labels]) => labels.map((label) => ({ task, label })));
  const lines = [
    ...steps.map((step, at) => ({ ...step, isStuck: false, site: sites[at] ?? null })),
    ...waits.map(({ task, wants }) => ({ task, label: wants, isStuck: true, site: null })),
  ];
  const tasks = [...new Set(lines.map(({ task }) => task))];
  const held = new Map<string, HeldLock[]>(tasks.map((task) => [task, []]));
  const next = nextLabels(lines);
  const begun = new Set<string>();
  const coming = new Map<string, string | null>();
  return lines.map((line, at) => {
    begun.add(line.task);
    if (line.isStuck) coming.set(line.task, line.label);
    else {
      apply(line.label, line.task, held);
      coming.set(line.task, next[at]!);
    }
    const isOver = at >= steps.length - 1;
    const stuck = (task: string): string | null =>
      isOver ? (waits.find((wait) => wait.task === task)?.wants ?? null) : null;
    const states = tasks.map((task) => ({
      task,
      hasBegun: begun.has(task),
      held: [...held.get(task)!],
      waitsFor: lockOf(stuck(task)) ?? (begun.has(task) ? keptFrom(coming.get(task) ?? null, task, held) : null),
    }));
    return { ...line, states };
  });
}

/** For each line the label of its task's next one. */
function nextLabels(lines: readonly { readonly task: string; readonly label: string }[]): (string | null)[] {
  const latest = new Map<string, string>();
  return lines
    .toReversed()
    .map(({ task, label }) => {
      const next = latest.get(task) ?? null;
      latest.set(task, label);
      return next;
    })
    .reverse();
}

const TAKES = /^(?:(?:re)?lock|(rdlock)) (.+)$/s;
const TRIES = /^(?:trylock|(tryrdlock)) (.+) -> taken$/s;
const LEAVES = /^(?:unlock|rdunlock|hand over) (.+)$|^wait for .+, unlock (.+)$/s;
const LOWERS = /^downgrade (.+)$/s;

function apply(label: string, task: string, held: ReadonlyMap<string, HeldLock[]>): void {
  const taken = TAKES.exec(label) ?? TRIES.exec(label);
  if (taken !== null) {
    held.get(task)!.push({ lock: taken[2]!, isRead: taken[1] !== undefined });
    return;
  }
  const left = LEAVES.exec(label);
  if (left !== null) {
    const lock = (left[1] ?? left[2])!;
    const owner = holds(held.get(task)!, lock) ? task : [...held.keys()].find((one) => holds(held.get(one)!, lock));
    if (owner === undefined) return;
    const locks = held.get(owner)!;
    locks.splice(
      locks.findLastIndex((one) => one.lock === lock),
      1,
    );
    return;
  }
  const lowered = LOWERS.exec(label);
  if (lowered === null) return;
  const locks = held.get(task)!;
  const at = locks.findLastIndex(({ lock }) => lock === lowered[1]);
  if (at >= 0) locks[at] = { lock: lowered[1]!, isRead: true };
}

function holds(locks: readonly HeldLock[], wanted: string): boolean {
  return locks.some(({ lock }) => lock === wanted);
}

/** The lock that somebody else keeps from a task with this step before it. */
function keptFrom(label: string | null, task: string, held: ReadonlyMap<string, readonly HeldLock[]>): string | null {
  const wanted = label === null ? null : TAKES.exec(label);
  if (wanted === null) return null;
  const isRead = wanted[1] !== undefined;
  for (const [other, locks] of held) {
    if (other !== task && locks.some((one) => one.lock === wanted[2] && !(isRead && one.isRead))) return wanted[2]!;
  }
  return null;
}

/** `lock B` → `B`; whatever else is wanted stays as it is. */
function lockOf(wants: string | null): string | null {
  return wants === null ? null : (TAKES.exec(wants)?.[2] ?? wants);
}
