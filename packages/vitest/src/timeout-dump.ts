/** Who holds what and who waits for whom, at the moment a test times out: added to the timeout's own message. */
import type { LockRef, Validator } from '@lockdep/core';
import { codeFrame } from './code-frame.ts';
import { ownSite } from './program-frames.ts';
import type { TestRun } from './test-watch.ts';

export function addTimeoutDump(
  signal: AbortSignal,
  run: TestRun,
  validators: () => Iterable<Validator>,
  root: string,
): void {
  signal.addEventListener(
    'abort',
    () => {
      const { reason } = signal;
      if (!(reason instanceof Error)) return;
      for (const validator of validators()) run.heldLocks.push(...validator.heldLocks());
      const dump = [...validators()].flatMap((validator) => timeoutDump(validator, root));
      if (dump.length > 0) reason.message += `\n\n${['Locks when the time was up:', ...dump].join('\n')}`;
    },
    { once: true },
  );
}

/** Empty when nothing is held. */
export function timeoutDump(validator: Validator, root: string): string[] {
  const tasks = validator.heldLocks();
  const waits = tasks.flatMap(({ task, waitsFor, heldBy }) =>
    waitsFor === null
      ? []
      : [
          `${task} waits for ${place(waitsFor, root)}, held by ${heldBy.join(', ') || 'nobody'}`,
          ...code(waitsFor, root),
        ],
  );
  const holds = tasks.flatMap(({ task, held }) =>
    held.flatMap((lock) => [`${task} holds ${place(lock, root)} (${lock.mode})`, ...code(lock, root)]),
  );
  return [...waits, ...holds];
}

function place({ class: { name }, site }: LockRef, root: string): string {
  const frame = ownSite(site, root).frames[0];
  return frame?.file === undefined ? name : `${name} (${frame.file}:${frame.line})`;
}

function code({ site }: LockRef, root: string): string[] {
  const frame = ownSite(site, root).frames[0];
  return frame === undefined ? [] : codeFrame(frame, root, 0);
}
