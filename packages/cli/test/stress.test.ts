/** `lockdep stress`: what it says of runs that are clean, of one that is not, and that its seed is enough to see it again. */
import { describe, expect, test } from 'vitest';
import { lockdep, lockdepOn } from './run-cli.ts';

describe('lockdep stress', () => {
  test.each([
    [['--fs', 'xfs', '--runs', '2'], 'fsstress, 2 runs, 120 operations on xfs'],
    [['--workload', 'holetest', '--fs', 'ext2', '--runs', '2', '--write'], 'holetest, 2 runs, 16 operations on ext2'],
    [['--workload', 'holetest', '--private', '--processes', '--runs', '2'], 'holetest, 2 runs, 16 operations on ext4'],
    [['--no-background', '--freeze', '5', '--runs', '2'], 'fsstress, 2 runs, 120 operations on ext4'],
  ])('%j: nothing wrong', async (args, words) => {
    const out = `stress: ${words}, merged: nothing wrong\n`;
    expect(await lockdep('stress', ...args)).toMatchObject({ status: 0, out, err: '' });
  });

  test('a defect: what, where, and the program; the same again from its seed', async () => {
    const args = ['stress', '--workload', 'holetest', '--write', '--prepare', 'fallocate'];
    const defect = ['--bug', 'buffer.unwrittenIsNew=false'];
    const found = await lockdep(...args, ...defect);
    expect(found.status).toBe(1);
    expect(found.out).toMatch(/^stress: holetest on ext4, merged, seed \d+:\n {2}.*uninit/);
    const [, seed] = /seed (\d+)/.exec(found.out)!;
    expect(await lockdep(...args, ...defect, '--seed', seed!, '--runs', '1')).toEqual(found);
    expect(await lockdep(...args, '--seed', seed!, '--runs', '1')).toMatchObject({ status: 0 });
    const { out } = await lockdep(...args, ...defect, '--json');
    const { failure, ...result } = JSON.parse(out) as { failure: { seed: number; findings: string[] }; runs: number };
    expect(result).toEqual({
      workload: 'holetest',
      fs: 'ext4',
      profile: 'merged',
      runs: Number(seed),
      operations: 8 * Number(seed),
    });
    expect([failure.seed, failure.findings[0]]).toEqual([Number(seed), expect.stringContaining('uninit')]);
  });

  test('progress on a terminal, and nothing of it left', async () => {
    const { out, err } = await lockdepOn(true, ['stress', '--runs', '3']);
    expect(out).toBe('stress: fsstress, 3 runs, 180 operations on ext4, merged: nothing wrong\n');
    const [drawn, ...rest] = err.split('\r\x1b[2K').slice(1);
    expect(drawn).toMatch(/^stress: fsstress on ext4, merged: \d of 3 runs, seed \d$/);
    expect(rest.at(-1)).toBe('');
  });

  test('a switch that nobody asks for, and a workload that there is not', async () => {
    const { err } = await lockdep('stress', '--runs', '1', '--bug', 'buffer.unwritenIsNew=false');
    expect(err).toContain("nothing has asked for the switch 'buffer.unwritenIsNew'");
    expect(await lockdep('stress', '--workload', 'holtest')).toMatchObject({ status: 2 });
    expect(await lockdep('stress', 'holetest')).toMatchObject({ status: 2 });
    const both = await lockdep('stress', '--workload', 'holetest', '--private', '--write');
    expect([both.status, both.err]).toEqual([2, expect.stringContaining('stress: --private and --write')]);
  });
});
