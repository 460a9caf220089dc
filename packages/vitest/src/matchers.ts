/** The assertions. Each says on failure what was expected, what is, and where that comes from. */
import { type MatcherResult, type MatcherState, Snapshots } from 'vitest';
import type { SimOptions } from './explore-and-confirm.ts';
import { decidedText, type Explored, explored, failureText } from './explored.ts';
import { inversionLine, inversionsOf } from './inversions.ts';
import { LockOrder } from './lock-order.ts';
import { asLock, asValidator, holdersText, lockHolders } from './lock-state.ts';
import { reportText } from './report-text.ts';
import { testWatch } from './test-watch.ts';

testWatch().wanted = true;

type Result = { pass: boolean; message: () => string };

function held(received: unknown, matcher: string, mode: 'write' | 'read' | null): Result {
  const lock = asLock(received, matcher);
  const pass = lockHolders(lock).some((holder) => mode === null || holder.mode === mode);
  const what = mode === null ? '' : ` for ${mode}`;
  // Now, not when the message is drawn: the lock may be free by then.
  const state = holdersText(lock);
  return { pass, message: () => `expected ${lock.label} ${pass ? 'not ' : ''}to be held${what}: ${state}` };
}

function toBeHeld(received: unknown): Result {
  return held(received, 'toBeHeld', null);
}

function toBeHeldForWrite(received: unknown): Result {
  return held(received, 'toBeHeldForWrite', 'write');
}

function toBeHeldForRead(received: unknown): Result {
  return held(received, 'toBeHeldForRead', 'read');
}

function toHoldNoLocks(received: unknown): Result {
  const tasks = asValidator(received, 'toHoldNoLocks').heldLocks();
  const lines = tasks.flatMap(({ task, held }) =>
    held.map((lock) => `  ${task} holds ${lock.class.name} (${lock.mode})`),
  );
  return {
    pass: lines.length === 0,
    message: () =>
      lines.length === 0
        ? 'expected some lock to be held: none is'
        : `expected no lock to be held:\n${lines.join('\n')}`,
  };
}

function toHaveNoLockInversions(received: unknown): Result {
  const found = inversionsOf(asValidator(received, 'toHaveNoLockInversions').reports).filter(
    ({ level }) => level !== 'note',
  );
  // The assertion speaks of them, so the test need not fail once more.
  testWatch().claim(found);
  const pass = found.length === 0;
  return {
    pass,
    message: () =>
      pass
        ? 'expected a lock inversion: none has been reported'
        : `expected no lock inversions, there ${found.length === 1 ? 'is 1' : `are ${found.length}`}:\n\n${found
            .map((report) => reportText(report, process.cwd()))
            .join('\n\n')}`,
  };
}

function toReportInversion(received: unknown, pattern: RegExp | string): Result {
  const all = inversionsOf(asValidator(received, 'toReportInversion').reports);
  const matching = all.filter((report) => {
    const line = inversionLine(report);
    return typeof pattern === 'string' ? line.includes(pattern) : new RegExp(pattern).test(line);
  });
  testWatch().claim(matching);
  const list =
    all.length === 0
      ? 'none has been reported'
      : `reported:\n${all.map((one) => `  ${inversionLine(one)}`).join('\n')}`;
  const pass = matching.length > 0;
  return { pass, message: () => `expected ${pass ? 'no' : 'an'} inversion that matches ${String(pattern)}: ${list}` };
}

async function toDeadlock(received: unknown, options?: SimOptions): Promise<Result> {
  const result = await explored(received, options);
  const pass = result.verdict === 'deadlock';
  return {
    pass,
    message: () =>
      pass
        ? `expected no schedule to deadlock:\n${failureText(result, 'deadlock')}`
        : `expected a schedule to deadlock: ${looked(result)}${decidedText(result)}`,
  };
}

async function toHoldUnderAllSchedules(received: unknown, options?: SimOptions): Promise<Result> {
  const result = await explored(received, options);
  const pass = result.verdict === 'ok' && result.exhausted;
  return {
    pass,
    message: () => {
      if (pass) return `expected some schedule to fail: ${looked(result)}`;
      return result.verdict === 'ok'
        ? `expected all schedules to hold, and not all could be tried: ${looked(result)}${decidedText(result)}`
        : `expected all schedules to hold:\n${failureText(result)}`;
    },
  };
}

function looked({ executions, exhausted, estimate, seed }: Explored): string {
  const ran = executions === 1 ? '1 execution' : `${executions} executions`;
  return `${ran}, ${exhausted ? 'all there are' : `${estimate.statement} (seed ${seed})`}`;
}

function toMatchLockOrderSnapshot(this: MatcherState, received: unknown, hint?: string): MatcherResult {
  const order =
    received instanceof LockOrder ? received : new LockOrder(asValidator(received, 'toMatchLockOrderSnapshot'));
  return Snapshots.toMatchSnapshot.call(this, order, hint);
}

/** For `expect.extend`; the setup entry has done that. */
export const matchers: {
  readonly toBeHeld: typeof toBeHeld;
  readonly toBeHeldForWrite: typeof toBeHeldForWrite;
  readonly toBeHeldForRead: typeof toBeHeldForRead;
  readonly toHoldNoLocks: typeof toHoldNoLocks;
  readonly toHaveNoLockInversions: typeof toHaveNoLockInversions;
  readonly toReportInversion: typeof toReportInversion;
  readonly toDeadlock: typeof toDeadlock;
  readonly toHoldUnderAllSchedules: typeof toHoldUnderAllSchedules;
  readonly toMatchLockOrderSnapshot: typeof toMatchLockOrderSnapshot;
} = {
  toBeHeld,
  toBeHeldForWrite,
  toBeHeldForRead,
  toHoldNoLocks,
  toHaveNoLockInversions,
  toReportInversion,
  toDeadlock,
  toHoldUnderAllSchedules,
  toMatchLockOrderSnapshot,
};

declare module 'vitest' {
  interface Matchers<R, T> {
    /** Somebody holds this lock now. */
    toBeHeld(): R;
    /** Somebody holds this lock for writing now. */
    toBeHeldForWrite(): R;
    /** Somebody holds this lock for reading now. */
    toBeHeldForRead(): R;
    /** No task of this validator holds a lock now. */
    toHoldNoLocks(): R;
    /** The validator has reported no order that can deadlock. */
    toHaveNoLockInversions(): R;
    /** The validator has reported such an order, with a matching line; the test need not answer for it any more. */
    toReportInversion(pattern: RegExp | string): R;
    /** Some schedule of the program deadlocks. */
    toDeadlock(options?: SimOptions): Promise<void>;
    /** Every schedule of the program has been tried, and holds. */
    toHoldUnderAllSchedules(options?: SimOptions): Promise<void>;
    /** The learned order is that of the snapshot. */
    toMatchLockOrderSnapshot(hint?: string): R;
  }
}
