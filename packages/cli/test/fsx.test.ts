/** `lockdep fsx`: what it prints can be replayed, in either form. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockdep, lockdepOn } from './run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-fsx-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const DEFECT = ['--fs', 'ext4', '--bug', 'write.dropsDirty=true'];

describe('lockdep fsx', () => {
  test('nothing wrong: says what was done', async () => {
    const { status, out, err } = await lockdep('fsx', '--fs', 'xfs', '--ops', '50', '--readers');
    expect({ status, out, err }).toEqual({
      status: 0,
      out: 'fsx: 50 operations on xfs, merged: nothing wrong\n',
      err: '',
    });
  });

  test('progress on a terminal: of the run, then of cutting its log down', async () => {
    const { err } = await lockdepOn(true, ['fsx', ...DEFECT, '--ops', '2000', '--seed', '1']);
    const shown = err.split('\r\x1b[2K');
    expect(shown.slice(1).join('\n')).toMatch(
      /^fsx on ext4, merged: (\d+ of 2000 operations|cutting down, \d+ operations left)/,
    );
    expect(shown.at(-1)).toMatch(/^fsx: ext4, merged: (bad-data|oracle) at operation/);
  });

  test('a failure: its log on standard output is a file to replay, and says how', async () => {
    const found = await lockdep('fsx', ...DEFECT, '--ops', '500', '--seed', '1');
    expect(found.status).toBe(1);
    expect(found.err).toMatch(/^fsx: ext4, merged: (bad-data|oracle) at operation \d+: /);
    expect(found.out).toContain('# lockdep fsx --fs ext4 --bug write.dropsDirty=true --replay THIS\n');
    const file = join(folder, 'failing.fsxops');
    writeFileSync(file, found.out);
    const again = await lockdep('fsx', ...DEFECT, '--replay', file);
    expect(again.status).toBe(1);
    expect(again.out).toBe(found.out);
    expect(await lockdep('fsx', '--fs', 'ext4', '--replay', file)).toMatchObject({ status: 0, err: '' });
  });

  test('one that needs a schedule names its seed', { timeout: 120_000 }, async () => {
    const bug = ['--bug', 'fs.readsTakeInvalidateLock=false', '--readers', '--mapped', '--without', 'zero_range'];
    const found = JSON.parse((await lockdep('fsx', ...bug, '--ops', '2000', '--json')).out) as {
      minimal: { log: string[]; schedule: number; failure: object };
    };
    expect(found.minimal.schedule).toBeGreaterThan(0);
    const file = join(folder, 'race.fsxops');
    writeFileSync(file, found.minimal.log.join('\n'));
    const again = await lockdep(
      'fsx',
      ...bug,
      '--replay',
      file,
      '--schedule',
      String(found.minimal.schedule),
      '--json',
    );
    expect(JSON.parse(again.out)).toMatchObject({ failure: found.minimal.failure });
  });

  test('a switch that nothing asks for is said to be one', async () => {
    const { status, err } = await lockdep('fsx', '--bug', 'write.dropDirty=true', '--ops', '20');
    expect([status, err]).toEqual([0, "fsx: nothing has asked for the switch 'write.dropDirty': see the spelling\n"]);
  });

  test('a log that is none: the line, and what is wrong with it', async () => {
    const file = join(folder, 'bad.fsxops');
    writeFileSync(file, '# fine\nwirte 0x0 0x4\n');
    const { status, err } = await lockdep('fsx', '--replay', file);
    expect(status).toBe(2);
    expect(err).toContain("bad.fsxops: there is no operation 'wirte' of fsx: there are read, write");
  });
});
