/** Recordings of a real kernel, replayed: our graph must be the kernel's own, bit for bit. */
import { KernelGraph, readSnapshot } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { dataFile } from './support/data-files.ts';
import { ReplayedLog } from './support/replayed-log.ts';

const SAME = { missing: [], extra: [] };

describe('boot, from an empty graph', () => {
  test("gives every class, usage, dependency and chain of the kernel's own records, and no more", async () => {
    const log = await new ReplayedLog({ oracle: true }).read(dataFile('kernel/boot/ldrec.txt.zst'));
    expect(log.records).toBe(914_103);
    expect(log.counts).toEqual({ events: 909_001, skipped: 0, tasks: 58 });
    // Two empty graphs would be equal, too.
    const { classes, dependencies, chains } = log.kernel;
    expect([classes.size, dependencies.size, chains.size]).toEqual([467, 1084, 2050]);
    expect(log.difference()).toEqual(SAME);
    const ours = log.validator.learned();
    expect([ours.classes.length, ours.dependencies.length, ours.chains.length]).toEqual([467, 1084, 2050]);
    expect(log.reports).toEqual([]);
  });

  test('in ideal mode learns as much of the order, and finds nothing wrong either', async () => {
    const log = await new ReplayedLog({ mode: 'ideal' }).read(dataFile('kernel/boot/ldrec.txt.zst'));
    const kernel = await new ReplayedLog().read(dataFile('kernel/boot/ldrec.txt.zst'));
    const pairs = ({ validator }: ReplayedLog): string[] => {
      const { classes, dependencies } = validator.learned();
      const name = (at: number): string => `${classes[at]!.key.name}#${classes[at]!.version}/${classes[at]!.subclass}`;
      return dependencies.map(({ from, to }) => `${name(from)} -> ${name(to)}`);
    };
    const ideal = new Set(pairs(log));
    expect(pairs(kernel).filter((pair) => !ideal.has(pair))).toEqual([]);
    expect(log.reports).toEqual([]);
  });
});

describe.each([
  { name: 'tiny', what: 'ext4', records: 87_907, before: [487, 1169, 2199], after: [537, 1458, 2802] },
  { name: 'xfs-init', what: 'xfs', records: 65_016, before: [484, 1142, 2184], after: [534, 1397, 2719] },
])("a slice of work on $what, from the kernel's graph before it", ({ name, records, before, after }) => {
  test("ends in the kernel's graph after it", async () => {
    const log = new ReplayedLog({ from: dataFile(`kernel/${name}/before.snap.zst`) });
    await log.read(dataFile(`kernel/${name}/ldrec.txt.zst`));
    const kernel = KernelGraph.of(await readSnapshot(dataFile(`kernel/${name}/after.snap.zst`)));
    expect(log.records).toBe(records);
    expect(log.counts.skipped).toBe(0);
    const size = ({ classes, dependencies, chains }: KernelGraph): number[] => [
      classes.size,
      dependencies.size,
      chains.size,
    ];
    expect(size(log.kernel)).toEqual(before);
    expect(size(kernel)).toEqual(after);
    expect(log.difference(kernel)).toEqual(SAME);
    expect(log.reports).toEqual([]);
  });
});
