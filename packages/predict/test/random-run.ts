/** Random runs of a few tasks with locks, variables, forks and joins; and what can be said of them by trying everything. */
import { RunTrace, type Section } from '../src/index.ts';

export type RunEvent = { readonly task: number } & (
  | { readonly op: 'acquire'; readonly lock: number; readonly exclusive: boolean }
  | { readonly op: 'release'; readonly lock: number }
  | { readonly op: 'read' | 'write'; readonly variable: number }
  | { readonly op: 'fork' | 'join'; readonly other: number }
);

export interface RunSize {
  readonly tasks: number;
  readonly locks: number;
  readonly events: number;
  /** Of 100 acquisitions, how many are shared. */
  readonly shared: number;
}

export function randomBelow(seed: number): (count: number) => number {
  let state = (seed * 2654435761) >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

/** A run that did not deadlock: tasks in random turns, each lock taken only when it is free. */
export function randomRun(seed: number, { tasks, locks, events, shared }: RunSize): RunEvent[] {
  const below = randomBelow(seed);
  const run: RunEvent[] = [];
  const started = new Set([0, ...(below(3) > 0 ? Array.from({ length: tasks - 1 }, (_, at) => at + 1) : [])]);
  const ended = new Set<number>();
  const held = Array.from({ length: tasks }, () => new Map<number, boolean>());
  while (run.length < events) {
    const task = [...started][below(started.size)]!;
    if (ended.has(task)) continue;
    const mine = held[task]!;
    const pick = below(12);
    if (pick < 5) {
      const lock = below(locks);
      const exclusive = below(100) >= shared;
      const busy = held.some((other) => other.has(lock) && (exclusive || other.get(lock) === true));
      if (busy || mine.has(lock)) continue;
      mine.set(lock, exclusive);
      run.push({ task, op: 'acquire', lock, exclusive });
    } else if (pick < 9) {
      const lock = [...mine.keys()][below(Math.max(mine.size, 1))];
      if (lock === undefined) continue;
      mine.delete(lock);
      run.push({ task, op: 'release', lock });
    } else if (pick < 11) run.push({ task, op: below(2) === 0 ? 'read' : 'write', variable: below(2) });
    else {
      const other = below(tasks);
      if (!started.has(other)) {
        started.add(other);
        run.push({ task, op: 'fork', other });
      } else if (other !== task && other !== 0 && !ended.has(other) && held[other]!.size === 0 && below(3) === 0) {
        ended.add(other);
        run.push({ task, op: 'join', other });
      }
    }
  }
  return run;
}

export function traceOf(run: readonly RunEvent[]): RunTrace {
  const trace = new RunTrace();
  for (const event of run) record(trace, event);
  return trace;
}

/** The section that begins, when one does. */
export function record(trace: RunTrace, event: RunEvent): Section | null {
  if (event.op === 'acquire') return trace.acquire(event.task, event.lock, event.exclusive, true);
  if (event.op === 'release') trace.release(event.task, event.lock);
  else if (event.op === 'fork') trace.fork(event.task, event.other);
  else if (event.op === 'join') trace.join(event.task, event.other);
  else if (event.op === 'read' || event.op === 'write') trace[event.op](event.task, event.variable);
  return null;
}

/**
 * Runs the first so many of each task's events in the order of the run. Null when that is not possible: a lock is not free, a read sees
 * another write, a task has not begun or is not over. Else which tasks wait for each other in a circle at their next events.
 */
export function playPrefix(run: readonly RunEvent[], counts: ArrayLike<number>): readonly number[] | null {
  const done = new Map<number, number>();
  const total = new Map<number, number>();
  for (const { task } of run) total.set(task, (total.get(task) ?? 0) + 1);
  const forked = new Set(run.flatMap((event) => (event.op === 'fork' ? [event.other] : [])));
  const running = new Set([...total.keys()].filter((task) => !forked.has(task)));
  const holders = new Map<number, Map<number, boolean>>();
  const lastWrite = new Map<number, number>();
  const sawInRun = new Map<number, number | undefined>();
  const writes = new Map<number, number>();
  for (const [at, event] of run.entries()) {
    if (event.op === 'read') sawInRun.set(at, writes.get(event.variable));
    if (event.op === 'write') writes.set(event.variable, at);
  }
  const next = new Map<number, RunEvent>();
  for (const [at, event] of run.entries()) {
    const { task } = event;
    const mine = done.get(task) ?? 0;
    if (mine >= (counts[task] ?? 0)) {
      if (!next.has(task)) next.set(task, event);
      continue;
    }
    if (!running.has(task)) return null;
    done.set(task, mine + 1);
    if (event.op === 'acquire') {
      const now = holders.get(event.lock) ?? new Map<number, boolean>();
      if ([...now].some(([other, fully]) => other !== task && (fully || event.exclusive))) return null;
      holders.set(event.lock, now.set(task, event.exclusive));
    } else if (event.op === 'release') holders.get(event.lock)!.delete(task);
    else if (event.op === 'write') lastWrite.set(event.variable, at);
    else if (event.op === 'read' && lastWrite.get(event.variable) !== sawInRun.get(at)) return null;
    else if (event.op === 'fork') running.add(event.other);
    else if (event.op === 'join' && (done.get(event.other) ?? 0) < countBefore(run, event.other, at)) return null;
  }
  return waitingCircle(next, holders, running);
}

/** Events of a task before a place of the run. */
function countBefore(run: readonly RunEvent[], task: number, end: number): number {
  return run.slice(0, end).filter((event) => event.task === task).length;
}

/** Tasks that wait for each other: one can move when its next lock is free, or held only by tasks that can. */
function waitingCircle(
  next: ReadonlyMap<number, RunEvent>,
  holders: ReadonlyMap<number, ReadonlyMap<number, boolean>>,
  running: ReadonlySet<number>,
): number[] {
  const waitsFor = (task: number): number[] => {
    const event = next.get(task);
    if (event?.op !== 'acquire' || !running.has(task)) return [];
    return [...(holders.get(event.lock) ?? [])].flatMap(([other, fully]) =>
      other !== task && (fully || event.exclusive) ? [other] : [],
    );
  };
  const reaches = (from: number, target: number, seen: Set<number>): boolean =>
    waitsFor(from).some((other) => other === target || (!seen.has(other) && reaches(other, target, seen.add(other))));
  return [...running].filter((task) => reaches(task, task, new Set()));
}

/** Every set of first events that can be run as they were, keeping the order of sections: does any end in a deadlock? */
export function deadlocks(run: readonly RunEvent[], tasks: number): boolean {
  const total = Array.from({ length: tasks }, (_, task) => countBefore(run, task, run.length));
  const counts = new Array<number>(tasks).fill(0);
  const tryFrom = (task: number): boolean => {
    if (task === tasks) return (playPrefix(run, counts)?.length ?? 0) > 0;
    for (let count = 0; count <= total[task]!; count++) {
      counts[task] = count;
      if (tryFrom(task + 1)) return true;
    }
    return false;
  };
  return tryFrom(0);
}
