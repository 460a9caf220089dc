/** Runs put together through the command: saving, merging, comparing, declared orders, baselines. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Baseline, Inversion, SavedGraph } from '@lockdep/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFile, repositoryFile } from './support/data-files.ts';
import { type CommandResult, runCommand } from './support/run-command.ts';

let folder: string;

/** Runs the command; words that begin with `@` are files of the folder. */
function lockdep(line: string): Promise<CommandResult> {
  return runCommand(...line.split(' ').map((word) => (word.startsWith('@') ? join(folder, word.slice(1)) : word)));
}

async function json<T>(line: string): Promise<{ status: number; data: T }> {
  const { status, stdout, stderr } = await lockdep(line);
  expect(stderr).toBe('');
  return { status, data: JSON.parse(stdout) as T };
}

interface Merged {
  readonly runs: readonly string[];
  readonly classes: number;
  readonly dependencies: number;
  readonly inversions: readonly Inversion[];
  readonly alreadyShown: number;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockdep-'));
  for (const name of ['ext4', 'splat']) {
    await copyFile(
      repositoryFile(`examples/kernel-lock-order/data/${name}.trace.txt.zst`),
      join(folder, `${name}.zst`),
    );
  }
  // Two recordings of one kernel: nothing is wrong with either.
  expect(await lockdep('replay @ext4.zst --save @ext4.json --run ext4 --json')).toMatchObject({ status: 0 });
  expect(await lockdep('replay @splat.zst --save @splat.json --run splat --json')).toMatchObject({ status: 0 });
  await copyFile(dataFile('kernel/splats/abba/ldrec.txt.zst'), join(folder, 'abba.zst'));
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe('merge', () => {
  test('two clean recordings are inverted together; the report names both', async () => {
    const { status, data } = await json<Merged>('merge @ext4.json @splat.json -o @all.json --json');
    expect(status).toBe(1);
    expect(data).toMatchObject({ runs: ['ext4', 'splat'], alreadyShown: 0 });
    expect(data.inversions).toMatchObject([
      {
        classes: ['&sb->s_type->i_mutex_key', 'mapping.invalidate_lock'],
        runs: ['ext4', 'splat'],
        acrossRuns: true,
        dependencies: [
          { sightings: [{ run: 'ext4' }, { run: 'ext4' }] },
          { sightings: [{ run: 'splat', task: 'insmod-65' }] },
        ],
      },
    ]);
    const { stdout } = await lockdep('merge @ext4.json @splat.json');
    expect(stdout).toContain('no run shows all of it: ext4, splat');
  });

  test('the inversion bears the fingerprint of the report that one process would have made', async () => {
    const { data } = await json<Merged>('merge @ext4.json @splat.json --json');
    const { data: together } = await json<{ reports: { fingerprint: string }[] }>('replay @ext4.zst @splat.zst --json');
    expect(data.inversions.map(({ fingerprint }) => fingerprint)).toEqual(
      together.reports.map(({ fingerprint }) => fingerprint),
    );
  });

  test('the sequence does not matter, and a merged graph has nothing new', async () => {
    await lockdep('merge @splat.json @ext4.json -o @again.json');
    expect(await readFile(join(folder, 'again.json'))).toEqual(await readFile(join(folder, 'all.json')));
    expect((await json<Merged>('merge @all.json @ext4.json --json')).data).toMatchObject({
      inversions: [],
      alreadyShown: 1,
    });
    expect(await lockdep('merge @all.json --all')).toMatchObject({ status: 1 });
  });

  test('different graphs of one run name are told', async () => {
    const graph = JSON.parse(
      await readFile(join(folder, 'splat.json'), 'utf8').then((text) => text.replaceAll('"splat"', '"ext4"')),
    );
    await writeFile(join(folder, 'same-name.json'), JSON.stringify(graph));
    const { stderr } = await lockdep('merge @ext4.json @same-name.json');
    expect(stderr).toMatch(/^lockdep: run 'ext4' is in .*ext4\.json and in .*same-name\.json: name runs apart/);
  });

  test('a poisoned and a foreign file are one clear error', async () => {
    const text = await readFile(join(folder, 'ext4.json'), 'utf8');
    const graph = JSON.parse(text) as { dependencies: { from: string }[] } & SavedGraph;
    graph.dependencies[3]!.from = 'nobody';
    await writeFile(join(folder, 'poisoned.json'), JSON.stringify(graph));
    await writeFile(join(folder, 'newer.json'), text.replace('"version": 1', '"version": 9'));
    const errors: string[] = [];
    for (const file of ['@poisoned.json', '@newer.json', '@ext4.zst', '@missing.json']) {
      const { status, stdout, stderr } = await lockdep(`merge @splat.json ${file}`);
      expect([status, stdout]).toEqual([2, '']);
      errors.push(stderr.replaceAll(folder, '').split('\n')[0]!.slice(0, 90));
    }
    expect(errors).toEqual([
      'lockdep: /poisoned.json: dependencies[3].from: "nobody" is no class of the file',
      'lockdep: /newer.json: it has version 9, and this lockdep reads up to version 1',
      expect.stringMatching(/^lockdep: \/ext4\.zst: not JSON: /),
      expect.stringMatching(/^lockdep: \/missing\.json: /),
    ]);
  });
});

test('diff: nothing against itself, and what another run adds', async () => {
  expect(await lockdep('diff @ext4.json @ext4.json')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('0 new dependencies'),
  });
  const { status, data } = await json<{
    newDependencies: { from: string; to: string }[];
    vanishedDependencies: unknown[];
    newInversions: unknown[];
  }>('diff @ext4.json @all.json --json');
  expect(status).toBe(1);
  expect(data.vanishedDependencies).toEqual([]);
  expect(data.newDependencies).toContainEqual(
    expect.objectContaining({ from: 'mapping.invalidate_lock', to: '&sb->s_type->i_mutex_key' }),
  );
  expect(data.newInversions).toHaveLength(1);
});

describe('order', () => {
  beforeAll(async () => {
    const aliases = [
      'i_rwsem = "&sb->s_type->i_mutex_key"',
      'invalidate_lock = mapping.invalidate_lock',
      'mmap_lock = "&mm->mmap_lock"',
    ];
    await writeFile(
      join(folder, 'right.order'),
      ['# the page cache', 'i_rwsem < invalidate_lock', 'i_rwsem < mmap_lock', 'folio_lock < i_rwsem', ...aliases].join(
        '\n',
      ),
    );
    await writeFile(join(folder, 'wrong.order'), ['mmap_lock < i_rwsem', ...aliases].join('\n'));
  });

  test('agreed, contradicted, never seen, on graphs and traces', async () => {
    const { status, stdout } = await lockdep('order @right.order @ext4.json');
    expect(stdout).toContain('3 declared edges: 2 agreed, 0 contradicted, 1 never seen');
    expect(status).toBe(0);
    const wrong = await json<{ edges: { verdict: string }[]; inversions: unknown[] }>(
      'order @wrong.order @ext4.zst --json',
    );
    expect(wrong.status).toBe(1);
    expect(wrong.data.edges.map(({ verdict }) => verdict)).toEqual(['contradicted']);
    expect(wrong.data.inversions).not.toEqual([]);
  });

  test('what only one of two runs contradicts', async () => {
    const { status, stdout } = await lockdep('order @right.order @ext4.json @splat.zst');
    expect(status).toBe(1);
    expect(stdout).toContain('contradicted: i_rwsem < invalidate_lock');
    expect(stdout).toContain('by insmod-65 in run splat.zst');
  });

  test("the kernel's declared order, by itself and by domains", async () => {
    const ordering = dataFile('ordering/ordering.json.zst');
    const { status, stdout } = await runCommand('order', ordering);
    expect(status).toBe(1);
    expect(stdout).toContain('the declaration contradicts itself: private_lock < swap_lock < private_lock');
    const xfs = await runCommand('order', ordering, '--domains', 'vfs,inode,xfs', '--json');
    expect(xfs.status).toBe(0);
    expect((await runCommand('order', ordering, '--domains', 'zfs')).stderr).toContain('--domains zfs');
  });
});

describe('baseline', () => {
  test('made, known, new again, stale', async () => {
    const missing = await lockdep('replay @abba.zst --baseline @b.json');
    expect([missing.status, missing.stdout]).toEqual([2, '']);
    expect((await lockdep('replay @abba.zst --baseline @b.json --update-baseline')).status).toBe(0);
    const baseline = JSON.parse(await readFile(join(folder, 'b.json'), 'utf8')) as Baseline;
    expect(baseline.entries).toMatchObject([{ rule: 'LD2', classes: ['lab_a', 'lab_b'] }]);
    const { status, data } = await json<{ reports: unknown[]; baseline: object }>(
      'replay @abba.zst --baseline @b.json --json',
    );
    expect(status).toBe(0);
    expect(data.reports).toHaveLength(1);
    expect(data.baseline).toMatchObject({ new: [], known: [baseline.entries[0]!.fingerprint], stale: [] });
    expect((await lockdep('replay @abba.zst')).status).toBe(1);
    const other = await lockdep('replay @ext4.zst --baseline @b.json');
    expect(other.stdout).toContain('(lab_a, lab_b) was not found: --update-baseline takes it out');
    expect(other.status).toBe(0);
  });

  test('a suppression with a reason silences, an unused one is told', async () => {
    const suppressions = [
      { pair: ['lab_b', 'lab_a'], reason: 'a test of the kernel' },
      { site: 'nowhere_at_all', reason: 'old' },
    ];
    await writeFile(
      join(folder, 's.json'),
      JSON.stringify({ format: 'lockdep-baseline', version: 1, entries: [], suppressions }),
    );
    const { status, stdout } = await lockdep('replay @abba.zst --baseline @s.json');
    expect(status).toBe(0);
    expect(stdout).toContain('Baseline: 0 new, 0 known, 1 suppressed.');
    expect(stdout).toContain('the suppression of site nowhere_at_all matched nothing');
    expect(stdout).not.toContain('WARNING: possible circular locking dependency');
  });

  test('inversions of a merge are baselined by the same fingerprints', async () => {
    expect((await lockdep('merge @ext4.json @splat.json --baseline @m.json --update-baseline')).status).toBe(0);
    expect((await lockdep('merge @ext4.json @splat.json --baseline @m.json')).status).toBe(0);
    expect((await lockdep('replay @ext4.zst @splat.zst --baseline @m.json')).status).toBe(0);
  });

  test('--update-baseline alone is a usage error', async () => {
    expect(await lockdep('replay @abba.zst --update-baseline')).toMatchObject({ status: 2, stdout: '' });
  });
});
