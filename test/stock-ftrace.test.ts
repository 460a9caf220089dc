/**
 * What any distribution's kernel can record (the text of its `lock:*` trace events), against the kernel's own graph: by name, since
 * that text has no more.
 */
import { Validator } from '@lockdep/core';
import { readProcLockdep, readSnapshot, replayFtrace, splitClassName } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { dataFile, repositoryFile } from './support/data-files.ts';
import { runCommand } from './support/run-command.ts';

const TRACES = 'examples/kernel-lock-order/data';

interface Workload {
  readonly name: string;
  readonly trace: string;
  readonly events: number;
  /** Dependencies that the kernel does not have, each with the reason. */
  readonly untrue: Readonly<Record<string, string>>;
  /** Of the dependencies that the kernel learned between the two snapshots (all; those that /proc/lockdep lists): how many there are, and how many of them must be found. */
  readonly fresh: { readonly all: number; readonly found: number };
  readonly freshListed: { readonly all: number; readonly found: number };
}

const WORKLOADS: readonly Workload[] = [
  {
    name: 'ext4-small',
    trace: repositoryFile(`${TRACES}/ext4.trace.txt.zst`),
    events: 40_725,
    untrue: {
      '(wq_completion)kblockd -> &rq->__lock':
        'a worker is preempted between the tracepoint of its next lock and the push: the scheduler then seems to run under the lock before',
    },
    fresh: { all: 229, found: 223 },
    freshListed: { all: 165, found: 164 },
  },
  {
    name: 'xfs-two',
    trace: repositoryFile(`${TRACES}/xfs.trace.txt.zst`),
    events: 38_422,
    untrue: {},
    fresh: { all: 11, found: 11 },
    freshListed: { all: 10, found: 10 },
  },
];

const base = (name: string): string => splitClassName(name).baseName;

/** `from -> to` by name, of a snapshot or a listing. */
async function snapshotPairs(file: string): Promise<Set<string>> {
  const { classes, dependencies } = await readSnapshot(file);
  const names = new Map(classes.map(({ index, name }) => [index, base(name)]));
  return new Set(dependencies.map(({ from, to }) => `${names.get(from)} -> ${names.get(to)}`));
}

async function listedPairs(file: string): Promise<Set<string>> {
  const { dependencies } = await readProcLockdep(file);
  return new Set(dependencies.map(({ fromName, toName }) => `${base(fromName)} -> ${base(toName)}`));
}

function learnedPairs(validator: Validator): Set<string> {
  const { classes, dependencies } = validator.learned();
  return new Set(dependencies.map(({ from, to }) => `${classes[from]!.key.name} -> ${classes[to]!.key.name}`));
}

const without = (pairs: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
  [...pairs].filter((pair) => !others.has(pair));

describe.each(WORKLOADS)('$name', ({ name, trace, events, untrue, fresh, freshListed }) => {
  const file = (what: string): string => dataFile(`kernel/stock/${name}/${what}.zst`);

  test.each(['ideal', 'kernel'] as const)(
    'in %s mode: nothing untrue but what is explained, nearly everything new',
    async (mode) => {
      const validator = new Validator({ mode, sites: false });
      const counts = await replayFtrace(validator, trace, { usage: false });
      // The two are the locks held by the shell that switches tracing on.
      expect(counts).toMatchObject({ events, malformedLines: 0, lostEvents: 0, droppedHolds: 0, unmatchedReleases: 2 });
      const ours = learnedPairs(validator);
      const [before, after] = [await snapshotPairs(file('before.snap')), await snapshotPairs(file('after.snap'))];
      expect(without(ours, after).sort()).toEqual(Object.keys(untrue).sort());

      const wanted = without(after, before);
      const wantedListed = without(await listedPairs(file('after.lockdep')), await listedPairs(file('before.lockdep')));
      const found = (pairs: readonly string[]): number => pairs.filter((pair) => ours.has(pair)).length;
      console.log(
        `${name}, ${mode} mode: ${ours.size} dependencies by name, ${Object.keys(untrue).length} untrue; found ${found(wanted)} of the ` +
          `${wanted.length} the kernel learned meanwhile, ${found(wantedListed)} of the ${wantedListed.length} that /proc/lockdep lists`,
      );
      expect(wanted.length).toBe(fresh.all);
      expect(found(wanted)).toBeGreaterThanOrEqual(fresh.found);
      expect(wantedListed.length).toBe(freshListed.all);
      expect(found(wantedListed)).toBeGreaterThanOrEqual(freshListed.found);
      expect(validator.reports).toEqual([]);
    },
  );

  test('through the command, with the listing as oracle', async () => {
    const { status, stdout, stderr } = await runCommand('replay', trace, '--json', '--oracle', file('after.lockdep'));
    expect(stderr).toBe('');
    const document = JSON.parse(stdout) as {
      events: number;
      reports: [];
      oracle: { missing: string[]; extra: string[] };
    };
    expect(document).toMatchObject({ events, reports: [] });
    expect(document.oracle.extra).toEqual(Object.keys(untrue).map((pair) => `dependency ${pair}`));
    // What the kernel learned before the trace began is missing, and only that may be.
    const before = await listedPairs(file('before.lockdep'));
    const late = document.oracle.missing.filter((line) => !before.has(line.replace('dependency ', '')));
    expect(late.length).toBeLessThanOrEqual(freshListed.all - freshListed.found);
    expect(status).toBe(1);
  });
});
