/**
 * What a person may get wrong: every bad input or command line is one clear message that says what, where and what to do, with
 * status 2 and nothing on standard output. The messages are kept in the snapshot beside this file.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFile, repositoryFile } from './support/data-files.ts';
import { type CommandResult, runCommand } from './support/run-command.ts';

let folder: string;

async function text(file: string): Promise<string> {
  return zstdDecompressSync(await readFile(file)).toString();
}

/** Puts a file into the folder. */
async function put(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder, name), content);
}

/** Runs the command; words that begin with `@` are files of the folder. */
async function lockdep(line: string): Promise<CommandResult> {
  const args = line.split(' ').map((word) => (word.startsWith('@') ? join(folder, word.slice(1)) : word));
  const { status, stdout, stderr } = await runCommand(...args);
  return { status, stdout, stderr: stderr.replaceAll(`${folder}/`, '@').replaceAll(folder, '@') };
}

/** One case, as a file. */
function caseFile(fields: object): string {
  return JSON.stringify([{ id: 'x', locks: { A: { kind: 'mutex' } }, steps: [], expect: 'SUCCESS', ...fields }]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockdep-'));
  const log = await text(dataFile('kernel/splats/abba/ldrec.txt.zst'));
  const lines = log.split('\n');
  const snapshot = await text(dataFile('kernel/splats/abba/snap_before.txt.zst'));
  const listing = await text(dataFile('kernel/stock/xfs-two/after.lockdep.zst'));
  const ftrace = (await text(repositoryFile('examples/kernel-lock-order/data/xfs.trace.txt.zst'))).slice(0, 50_000);
  const compressed = await readFile(dataFile('kernel/splats/abba/ldrec.txt.zst'));
  await put('event.log', log);
  await put('damaged.log', [...lines.slice(0, 4), lines[4]!.slice(0, 60), ...lines.slice(5)].join('\n'));
  await put('log.zst', compressed);
  await put('cut.zst', compressed.subarray(0, 400));
  await put(
    'damaged.zst',
    Buffer.concat([compressed.subarray(0, 300), Buffer.alloc(50, 0xff), compressed.subarray(350)]),
  );
  await put('cut.gz', gzipSync(log).subarray(0, 600));
  await put('graph.snap', snapshot);
  await put('unknown-class.snap', snapshot.replace(/^E \d+ /m, 'E 9999 '));
  await put('unknown-class-in-chain.snap', `${snapshot}K 0 123abc 3:0 9999:0\n`);
  await put('cut.snap', snapshot.slice(0, 10_000).replace(/[^\n]*$/, ''));
  await put('cut.lockdep', listing.slice(0, 20_000));
  await put('trace.txt', ftrace.slice(0, ftrace.lastIndexOf('\n') + 1));
  await put('binary.dat', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 2, 3, 0xff, 0xfe, 0, 0]));
  await put('empty.txt', '');
  await put('letter.txt', 'Dear lockdep,\nthis is not a trace.\n');
  await put('future.ndjson', '{"type":"lockdep-trace","version":99}\n');
  await put('broken.ndjson', '{"type":"lockdep-trace","version":1}\n{"lockdep":"acquire","task":1,"lock":1}\n');
  await put('none.json', '{"cases": 3}');
  await put('number.json', '[1]');
  await put('unknown-op.json', caseFile({ steps: [{ op: 'aquire', lock: 'A' }] }));
  await put('inherited-op.json', caseFile({ steps: [{ op: 'constructor', lock: 'A' }] }));
  await put('no-op.json', caseFile({ steps: [null] }));
  await put('unknown-kind.json', caseFile({ locks: { A: { kind: 'mutx' } } }));
  await put('inherited-kind.json', caseFile({ locks: { A: { kind: 'toString' } } }));
  await put('no-kind.json', caseFile({ locks: { A: null } }));
  await put('unknown-lock.json', caseFile({ steps: [{ op: 'acquire', lock: 'B' }] }));
  await put('unknown-mode.json', caseFile({ steps: [{ op: 'acquire', lock: 'A', mode: 'wirte' }] }));
  await put('unknown-state.json', caseFile({ steps: [{ op: 'irq', state: 'hard-on' }] }));
  await put('unknown-nest.json', caseFile({ steps: [{ op: 'acquire', lock: 'A', nest: 'B' }] }));
  await put('subclass.json', caseFile({ steps: [{ op: 'acquire', lock: 'A', subclass: 8 }] }));
  await put('expect.json', caseFile({ expect: 'MAYBE' }));
});

afterAll(() => rm(folder, { recursive: true }));

test.each([
  // Command lines.
  'frobnicate',
  'help frobnicate',
  'replay',
  'check',
  'stat',
  'replay --frobnicate @event.log',
  'replay --mode exact @event.log',
  'replay --format xml @event.log',
  'replay --report pdf @event.log',
  'replay @event.log --oracle',
  'check --level best @none.json',
  'stat --top many @event.log',
  'stat --frobnicate @event.log',
  'replya @event.log',
  'replay --formta json @event.log',
  'replay @event.log --around lab_aa',
  'replay @event.log --baseline @nowhere.json',
  'replay @event.log --update-baseline',
  'replay @event.log --config @nowhere.json',
  'replay @event.log --config @number.json',
  'run',
  'run --frobnicate x',
  'run --format xml -- x',
  'run no-such-command-anywhere',
  'report',
  'graph',
  'graph @event.log --format sarif',
  'merge',
  'diff @none.json',
  'order',
  'explore',
  'explore --frobnicate @none.json',
  'fsx --fs ext5',
  'fsx --bug isizeExtendedMkclean',
  'fsx --ops many',
  'fsx --schedule 1',
  'fsx @none.json',
  'explain LD99',
  'explain circula',
  'completion',
  'completion tcsh',
  // Files that are not what they should be.
  'report @nowhere.txt',
  'report @binary.dat',
  'report @letter.txt',
  'report @none.json',
  'report @empty.txt',
  'graph @nowhere.txt',
  'graph @letter.txt',
  'merge @nowhere.json',
  'merge @binary.dat',
  'merge @empty.txt',
  'merge @letter.txt',
  'merge @',
  'diff @none.json @nowhere.json',
  'order @nowhere.txt',
  'order @binary.dat',
  'order @cut.zst',
  'replay @event.log --order @binary.dat',
  'replay @event.log --baseline @binary.dat',
  'explore @nowhere.json',
  'fsx --replay @nowhere.txt',
  'fsx --replay @binary.dat',
  'fsx --replay @letter.txt',
  'explore @nowhere.ts',
  'explore @binary.dat',
  'explore @letter.txt',
  'replay @nowhere.txt',
  'check @nowhere.json',
  'replay @',
  'replay @binary.dat',
  'replay @empty.txt',
  'replay @letter.txt',
  'replay --format event-log @letter.txt',
  'replay @damaged.log',
  'replay @cut.zst',
  'replay @damaged.zst',
  'replay @cut.gz',
  'replay @graph.snap',
  'replay @future.ndjson',
  'replay @broken.ndjson',
  'stat @binary.dat',
  // Oracles and graphs to start from.
  'replay @event.log --oracle @nowhere.txt',
  'replay @event.log --oracle @letter.txt',
  'replay @event.log --oracle @unknown-class.snap',
  'replay @event.log --oracle @unknown-class-in-chain.snap',
  'replay @event.log --oracle @cut.snap',
  'replay @trace.txt --oracle @cut.lockdep',
  'replay @trace.txt --oracle log',
  'replay @event.log --from @event.log',
  'replay @event.log --from @unknown-class.snap',
  'replay @trace.txt --from @graph.snap',
  'replay @event.log -o @nowhere/order.svg --report svg',
  // Conformance cases.
  'check @binary.dat',
  'check @letter.txt',
  'check @cut.zst',
  'check @none.json',
  'check @number.json',
  'check @unknown-op.json',
  'check @inherited-op.json',
  'check @no-op.json',
  'check @unknown-kind.json',
  'check @inherited-kind.json',
  'check @no-kind.json',
  'check @unknown-lock.json',
  'check @unknown-mode.json',
  'check @unknown-state.json',
  'check @unknown-nest.json',
  'check @subclass.json',
  'check @expect.json',
])('lockdep %s', async (line) => {
  const { status, stdout, stderr } = await lockdep(line);
  expect(stderr).toMatchSnapshot();
  expect(stderr).toMatch(/^lockdep: \S/);
  expect(stderr, 'no stack trace').not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

describe('a recording that was cut while it was written', () => {
  test('of an event log: the torn line is left out with a warning, whatever is left of it', async () => {
    const log = await text(dataFile('kernel/splats/abba/ldrec.txt.zst'));
    // Up to the release of lab_a: no report yet.
    const whole = log.slice(0, log.indexOf('\n', log.indexOf(' ip=abba+0x38')) + 1);
    const torn = whole.slice(0, -1).lastIndexOf('\n') + 1;
    await put('whole.log', whole);
    const counted = async (file: string): Promise<number> =>
      (JSON.parse((await lockdep(`replay --json @${file}`)).stdout) as { events: number }).events;
    const events = await counted('whole.log');
    for (let length = torn + 1; length < whole.length - 1; length++) {
      await put('torn.log', whole.slice(0, length));
      const { status, stdout, stderr } = await lockdep('replay --json @torn.log');
      const document = JSON.parse(stdout) as { events: number; reports: readonly object[] };
      expect(document.reports, `cut after ${length} bytes`).toEqual([]);
      expect(status).toBe(0);
      // Only the caller may be short without harm.
      if (document.events === events) expect(whole.slice(torn, length)).toMatch(/ ip=/);
      else expect(stderr).toMatch(/^lockdep: @torn\.log: line \d+ is torn, the recording was cut there: /);
    }
  });

  test('of ftrace text: the line is used if it can be, and doubted', async () => {
    const ftrace = await readFile(join(folder, 'trace.txt'), 'utf8');
    await put('torn.txt', ftrace.slice(0, -5));
    const { status, stdout, stderr } = await lockdep('replay --json @torn.txt');
    expect(stderr).toMatch(/^lockdep: @torn\.txt: line \d+ has no newline at its end: its lock name may be cut\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ reports: [] });
    expect(status).toBe(0);
  });
});

test('text of another kind forced to be a trace: nothing is learned, with a warning', async () => {
  const ftrace = await lockdep('replay --format ftrace @letter.txt');
  expect(ftrace).toMatchObject({ status: 0, stderr: expect.stringContaining('no lock event was replayed') });
  const ndjson = await lockdep('replay --format ndjson @letter.txt');
  expect(ndjson).toMatchObject({ status: 0, stderr: expect.stringContaining('no recording in it') });
});

test('a compressed file under another name, and a plain one named .zst, are what they contain', async () => {
  await put('plain.zst', await readFile(join(folder, 'event.log')));
  await put('compressed.log', await readFile(join(folder, 'log.zst')));
  const expected = await lockdep('replay --json @event.log');
  expect(JSON.parse(expected.stdout)).toMatchObject({ reports: [{ kind: 'circular' }] });
  expect(await lockdep('replay --json @plain.zst')).toEqual(expected);
  expect(await lockdep('replay --json @compressed.log')).toEqual(expected);
  expect(expected.status).toBe(1);
});
