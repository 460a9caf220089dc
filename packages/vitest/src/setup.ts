/**
 * `setupFiles: ['@lockdep/vitest/setup']`: every report of level warning or error fails the test that caused it.
 *
 * One validator per test file (that of the process, which isolation renews). Sends what each test added to the lock order to
 * the reporter. Cost for a file without locks: this module and one `aroundEach` hook; the rest is loaded for the others.
 */
import { afterAll, aroundEach, beforeAll, inject } from 'vitest';
import type { Checks } from './checks.ts';
import { settings } from './options.ts';
import { newTestRun, testWatch } from './test-watch.ts';

const root = process.cwd();
const chosen = settings(inject('lockdep'), process.env);
const watch = testWatch();
let checks: Checks | null = null;

/** Does anything here use locks? `@lockdep/locks` leaves its strands on `globalThis` when it is loaded. */
function isWanted(): boolean {
  return watch.wanted || Symbol.for('@lockdep/strands') in globalThis;
}

async function load(): Promise<void> {
  const module = await import('./checks.ts');
  checks ??= new module.Checks(chosen, root);
}

if (chosen.mode === 'off') {
  // The assertions work all the same.
  beforeAll(async () => {
    if (!isWanted()) return;
    const [{ expect }, { matchers }, { orderSerializer }] = await Promise.all([
      import('vitest'),
      import('./matchers.ts'),
      import('./lock-order.ts'),
    ]);
    expect.extend(matchers);
    expect.addSnapshotSerializer(orderSerializer);
  });
} else {
  // The file's modules have been loaded by now, its own hooks have not run.
  beforeAll(async () => {
    if (isWanted()) await load();
  });
  aroundEach(async (runTest, { task, signal }) => {
    if (checks === null && !isWanted()) {
      await runTest();
      // A test may be the first to load locks.
      if (!isWanted()) return;
      await load();
      checks!.settle(task, newTestRun(task.name));
      return;
    }
    const run = newTestRun(task.name);
    checks?.watchTimeout(signal, run);
    await watch.run(run, runTest);
    if (checks === null) await load();
    checks!.settle(task, run);
  });
  // biome-ignore lint/correctness/noEmptyPattern: vitest insists on a pattern here
  afterAll(({}, { file }) => {
    checks?.settleFile(file);
  });
}
