import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@lockdep/core';
import { EventLogParser, readProcLockdep, readSnapshot, readTrace, replayFtrace, splitClassName } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { eventLogText } from './event-log-text.ts';

/** Recordings of a real kernel, too large to ship: set LOCKDEP_DATA to the folder that holds `kernel/`. */
const data = join(process.env['LOCKDEP_DATA'] ?? join(import.meta.dirname, '../../../../shared'), 'kernel');
const session = join(data, 'session');
const isHere = existsSync(session);
const workloads = isHere ? readdirSync(session).filter((name) => existsSync(join(session, name, 'before'))) : [];

const base = (name: string): string => splitClassName(name).baseName;

test.runIf(!isHere)('the recordings are not here: nothing below was run', () => {
  expect(workloads).toEqual([]);
});

describe.runIf(isHere)('the recordings of a real kernel', () => {
  test.each(workloads)('%s: the dependencies learned from the stock trace are the kernel’s', async (workload) => {
    const folder = join(session, workload);
    const validator = new Validator({ mode: 'kernel', sites: false });
    const counts = await replayFtrace(validator, join(folder, 'trace.txt.zst'));
    expect(counts).toMatchObject({ malformedLines: 0, droppedHolds: 0, unmatchedReleases: 2, hasContexts: true });

    const order = validator.learned();
    const nameOf = (index: number): string => order.classes[index]!.key.name;
    const ours = new Set(order.dependencies.map(({ from, to }) => `${nameOf(from)} -> ${nameOf(to)}`));

    const snapshot = await readSnapshot(join(folder, 'after/snap.txt.zst'));
    const names = new Map(snapshot.classes.map(({ index, name }) => [index, base(name)]));
    const kernels = new Set(snapshot.dependencies.map(({ from, to }) => `${names.get(from)} -> ${names.get(to)}`));
    // A task preempted between the tracepoint and lockdep's own bookkeeping shows an order that is none.
    expect([...ours].filter((dependency) => !kernels.has(dependency)).length).toBeLessThanOrEqual(2);

    const listed = async (when: string): Promise<Set<string>> => {
      const { dependencies } = await readProcLockdep(join(folder, when, 'lockdep.txt.zst'));
      return new Set(dependencies.map(({ fromName, toName }) => `${base(fromName)} -> ${base(toName)}`));
    };
    const before = await listed('before');
    const fresh = [...(await listed('after'))].filter((dependency) => !before.has(dependency));
    expect(fresh.filter((dependency) => ours.has(dependency)).length).toBeGreaterThanOrEqual(fresh.length * 0.55);
  });

  test('every record of the whole event log reads back to the same text', async () => {
    let expected: string[] = [];
    let count = 0;
    let last = '';
    const parser: EventLogParser = new EventLogParser((record) => {
      const text = eventLogText(record, parser);
      // The kernel's own line number in a report, and whether debugging was on at a marker, are not kept.
      const wanted = expected[count++]!.replace(/ line=\d+$/, '').replace(/debug_locks=[01] /, '');
      if (text !== wanted) expect(text).toBe(wanted);
    });
    for await (const chunk of readTrace(join(session, 'ldrec.txt.zst'))) {
      const lines = (last + Buffer.from(chunk).toString()).split('\n');
      last = lines.pop()!;
      expected = lines;
      count = 0;
      parser.push(chunk);
      expect(count).toBe(lines.length);
    }
    parser.end();
    expect(parser.records).toBe(2_681_686);
  });
});
