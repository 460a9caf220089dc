/** Every example runs with one command and prints what its header promises, and what the documentation shows of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { repositoryFile } from './support/data-files.ts';
import { blocks, commands, expectPrinted, outputsAfter } from './support/documentation.ts';
import { runProgram } from './support/run-program.ts';

/** What must be found in the output, in this order. */
const PROMISES: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'aio-direct-write': [
    'The cache dropped before the write only: lost-write: A[0] (folio): byte 0 is A[0]@w0, expected A[0]@w1',
    'write block 0 directly',
    'Dropped again when the bytes are on disk, then the block made part of the file: lost-write: A[0]',
    'zero-fill folio(A,0)',
    /^The block first, then the cache, in place: exhausted: \d+ traces, all there are; no old byte in any of them$/m,
    /^The block first, then the cache, into a hole: exhausted: \d+ traces, all there are; no old byte in any of them$/m,
  ],
  'async-service': [
    /^As written: deadlock; exhausted: \d+ traces, all there are$/m,
    'reported in any of these runs: cache is wanted under ledger, which has been wanted under it',
    '=> deadlock\n\nreplayed: true',
    /^Noted after the cache is released: fail; exhausted: \d+ traces, all there are$/m,
    /^=> price\/1: one rate for both: (?:10 and 20|20 and 10)\n\nreplayed: true$/m,
    /^Looked up once: ok; exhausted: \d+ traces, all there are$/m,
  ],
  'candidate-fix': [
    /^nothing: 3 go wrong\n {2}1\. .*\n.*(?:stale-block-exposure|hole-has-data): A\[1\]/m,
    /^i_rwsem around read\(2\): 1 go wrong\n {2}3\. /m,
    /^i_rwsem around readahead too: nothing found$/m,
    /^i_rwsem in page faults too: \d+ go wrong$/m,
    /^ {2}9\. .*\n.*munmap waits at 'lock mmap_lock/m,
    /^a new lock, only to add pages: 1 go wrong\n {2}4\. /m,
    /^a new lock, kept while copying: 1 go wrong\n {2}11\. /m,
    /^a new lock, as merged: nothing found$/m,
  ],
  'first-inversion': [
    'Chain exists of:\n  mailbox --> accounts --> journal --> mailbox',
    'verdict: possible',
    'out/first-inversion.svg',
    /^transfer waits at 'lock journal' \(held by close of day\); .* \(held by transfer\)$/m,
    '=> deadlock',
  ],
  'freeze-inversion': [
    'Chain exists of:\n  &mm->mmap_lock --> sb_writers --> &mm->mmap_lock',
    'verdict: readers-only: sb_writers has only ever been read',
    'On another day the file system is frozen',
    /which has been wanted under it: possible, tasks that have shown these orders can meet$/m,
    '=> deadlock',
    /^With a level of its own: 0 reports; 400 random schedules, 0 deadlocks$/m,
  ],
  'kernel-lock-order': [
    /^ext4: 40725 lock events of 15 tasks on 532 locks; .* 0 reports$/m,
    /^xfs: 38422 lock events of 12 tasks on 485 locks; .* 0 reports$/m,
    /^splat: .* 1 report$/m,
    'Inversions: 1\n  1. mapping.invalidate_lock --> &sb->s_type->i_mutex_key --> mapping.invalidate_lock',
    'mapping.invalidate_lock --> &sb->s_type->i_mutex_key by insmod-65, at: splat.trace.txt:3574',
    '!!&sb->s_type->i_mutex_key  <-- inversion 1',
    'WARNING: possible circular locking dependency detected',
    'insmod-65 is trying to acquire lock:\nffff8880006a8438 (&sb->s_type->i_mutex_key)',
    'but task is already holding lock:\nffff8880006a85e0 (mapping.invalidate_lock)',
    'out/kernel-lock-order.svg',
  ],
  'hole-punch-race': [
    /^Before the series: .*stale-block-exposure: .*byte \d+ is C\[/m,
    'free block',
    "is C's",
    /^seed: exhausted: \d+ traces, all there are; no wrong byte in any of them$/m,
    /^merged: exhausted: \d+ traces, all there are; no wrong byte in any of them$/m,
    /^latest: exhausted: \d+ traces, all there are; no wrong byte in any of them$/m,
  ],
  'irwsem-in-fault': [
    'One task after the other, nothing happens.',
    'WARNING: possible circular locking dependency detected',
    '&mm->mmap_lock --> &sb->s_type->i_mutex_key --> &mm->mmap_lock',
    /^And a schedule in which it happens: write waits at .*mmap_lock/m,
    '=> deadlock',
  ],
  'mapped-write-source': [
    "Copying with faults on: write waits at 'lock folio(A,0)' (held by write)",
    '=> deadlock',
    /^Copying with faults off: ok, exhausted: \d+ traces, all there are$/m,
  ],
  'one-kib-blocks': [
    /^Lock held only around adding the page: .*hole-has-data: /m,
    /^Dropped after adding in filemap_create_page alone: ok, exhausted: \d+ traces/m,
    /^Held until the read is submitted, as merged: ok, exhausted: \d+ traces/m,
  ],
  'own-file-system': [
    /^Evict, then free: exhausted: \d+ traces/m,
    /^Free, then evict: (?:\w+: )?stale-block-exposure: /m,
  ],
  'read-into-mapping': [
    /^Keeping invalidate_lock while copying: read1 waits at .*; read2 waits at /m,
    '=> deadlock',
    /^Dropping it first: ok, /m,
  ],
  'read-contention': [
    /^Everything cached\nreads +i_rwsem +invalidate_lock +page ranges$/m,
    /^ 90 % +\d+ \(\d\.\d\d\) /m,
    /^Under memory pressure$/m,
    'Who waits when 90 % read under i_rwsem:\nlock_stat version 0.4',
    '&sb->s_type->i_mutex_key-R:',
    'out/read-contention.svg',
  ],
  'reclaim-recursion': [
    'WARNING: possible circular locking dependency detected',
    'Chain exists of:\n  fs_reclaim --> &sbi->s_writepages_rwsem --> fs_reclaim',
    'verdict: possible: tasks that have shown these orders can meet',
    '=> deadlock',
    /^With a NOFS scope: 0 reports; exhausted: \d+ traces, all there are, no deadlock in any of them$/m,
  ],
  'two-inode-order': [
    /^Always by address, inodes recycled in between:(\n {2}note: .*)+$/m,
    /^Clone by address, dedupe by inode number:\n(.*\n)*? {2}error: two locks of class /m,
    '=> deadlock',
  ],
};

const folders = readdirSync(repositoryFile('examples')).filter((name) =>
  existsSync(repositoryFile(`examples/${name}/main.ts`)),
);

test('every example is tested here', () => {
  expect(Object.keys(PROMISES).sort()).toEqual(folders.sort());
});

test('every example that documentation runs exists', () => {
  const named = commands.filter(({ command }) => command === 'example').map(({ args }) => args);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !folders.includes(name))).toEqual([]);
});

/** Standard output by example, as they have run. */
const outputs = new Map<string, string>();

describe.each(folders)('%s', (name) => {
  test('runs and keeps its promises', { timeout: 120_000 }, async () => {
    const started = Date.now();
    const { status, stdout, stderr } = await runProgram(repositoryFile(`examples/${name}/main.ts`));
    expect(stderr).toBe('');
    expect(status).toBe(0);
    outputs.set(name, stdout);
    let rest = stdout;
    for (const promise of PROMISES[name] ?? []) {
      const at = typeof promise === 'string' ? rest.indexOf(promise) : rest.search(promise);
      expect(at, `${promise} is not in what is left of the output:\n${rest}`).toBeGreaterThanOrEqual(0);
      rest = rest.slice(at);
    }
    for (const { command, args, block } of commands) {
      if (command === 'example' && args === name) expectPrinted(stdout, outputsAfter(block));
    }
    if (name === 'kernel-lock-order') await checkPicture(started);
    if (name === 'read-contention') checkContention(stdout);
    if (name === 'first-inversion') {
      const drawn = await readFile(repositoryFile('out/first-inversion.svg'), 'utf8');
      expect(await readFile(repositoryFile(`examples/${name}/order.svg`), 'utf8'), 'run `pnpm pictures`').toBe(drawn);
    }
  });
});

test('what the start command is said to print is printed', () => {
  const start = blocks.findIndex(({ readme, code }) => readme === 'README.md' && code.includes('pnpm@12 start'));
  const shown = blocks[start + 1]!;
  expect(shown.info).toBe('text');
  const { scripts } = JSON.parse(readFileSync(repositoryFile('package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const started = [...scripts.start.matchAll(/examples\/([^/]+)\/main\.ts/g)].map((match) => match[1]!);
  expect(started.length).toBeGreaterThan(0);
  expect(started.map((name) => outputs.get(name)).join('\n')).toContain(shown.code.trimEnd());
});

/** i_rwsem around reads costs a mixed workload half its throughput or nearly, and one that only reads nothing. */
function checkContention(stdout: string): void {
  const throughputs = (reads: number): number[][] =>
    [...stdout.matchAll(new RegExp(`^ *${reads} % +(\\d+) \\S+ +(\\d+) \\S+ +(\\d+) `, 'gm'))].map((row) =>
      row.slice(1).map(Number),
    );
  for (const rows of [throughputs(90), throughputs(100)]) expect(rows).toHaveLength(2);
  for (const [irwsem, invalidateLock, ranges] of throughputs(90)) {
    expect(irwsem!).toBeLessThan(invalidateLock! * 0.6);
    expect(ranges!).toBeGreaterThan(invalidateLock! * 0.9);
  }
  const [irwsem, invalidateLock] = throughputs(100)[0]!;
  expect(irwsem!).toBeGreaterThan(invalidateLock! * 0.9);
}

/** The picture is written, of the locks it is about; and the copy in the folder, which the README shows, is of the same order. */
async function checkPicture(started: number): Promise<void> {
  const file = repositoryFile('out/kernel-lock-order.svg');
  expect((await stat(file)).mtimeMs).toBeGreaterThanOrEqual(started - 1000);
  const titles = (svg: string): string[] =>
    [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map((match) => match[1]!).sort();
  const drawn = titles(await readFile(file, 'utf8'));
  expect(drawn.length).toBeGreaterThan(10);
  expect(drawn.some((title) => title.includes('mapping.invalidate_lock'))).toBe(true);
  expect(titles(await readFile(repositoryFile('examples/kernel-lock-order/order.svg'), 'utf8'))).toEqual(drawn);
}
