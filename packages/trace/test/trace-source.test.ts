import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { openTrace, readTrace, TraceError } from '@lockdep/trace';
import { afterAll, describe, expect, test } from 'vitest';
import { bytes, fixture, fixturePath } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockdep-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(source: Parameters<typeof readTrace>[0]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readTrace(source)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function failure(work: Promise<unknown>): Promise<TraceError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof TraceError) return error;
  throw error;
}

const text = Array.from({ length: 50_000 }, (_, i) => `line ${(i * 7919) % 100_003}\n`).join('');

describe('reading', () => {
  test.each([
    ['plain', bytes(text)],
    ['gzip', gzipSync(text)],
    ['Zstandard', zstdCompressSync(text)],
    ['two gzip members', Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000))])],
    [
      'two Zstandard frames',
      Buffer.concat([zstdCompressSync(text.slice(0, 1000)), zstdCompressSync(text.slice(1000))]),
    ],
  ])('%s, whatever the name', async (_, content) => {
    expect(await read(file('trace.txt', content))).toBe(text);
    expect(await read(file('trace.zst', content))).toBe(text);
  });

  test('from a stream in single bytes', async () => {
    const packed = zstdCompressSync('hello\n');
    expect(await read(Array.from(packed, (byte) => Uint8Array.of(byte)))).toBe('hello\n');
  });

  test('from standard input', () => {
    const script = `import { openTrace } from '@lockdep/trace';
      const trace = await openTrace('-');
      let length = 0;
      for await (const chunk of trace.chunks) length += chunk.length;
      console.log(trace.format, length);`;
    const output = execFileSync(
      process.execPath,
      ['--conditions=@lockdep/source', '--input-type=module', '-e', script],
      {
        cwd: join(import.meta.dirname, '..'),
        input: gzipSync(fixture('ftrace.txt')),
      },
    );
    expect(output.toString()).toBe(`ftrace ${fixture('ftrace.txt').length}\n`);
  });

  test('stopping early closes the source', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytes(text);
      } finally {
        isClosed = true;
      }
    }
    for await (const chunk of readTrace(source())) if (chunk.length > 0) break;
    expect(isClosed).toBe(true);
  });
});

describe('bad input is one error that says what, where and what to do', () => {
  const packed = zstdCompressSync(text);
  const zipped = gzipSync(text);

  test.each([
    ['empty', bytes(''), 'empty', /is empty/],
    ['empty inside', gzipSync(''), 'empty', /is empty/],
    ['binary', new Uint8Array(100), 'binary', /binary file/],
    ['binary inside', gzipSync(new Uint8Array(100)), 'binary', /binary file/],
    ['trace.dat', bytes('\x17\x08\x44tracing6\0'), 'binary', /trace-cmd report/],
    ['perf.data', bytes('PERFILE2h\0\0\0'), 'binary', /perf script/],
    ['xz', Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), 'binary', /xz -dc/],
    ['truncated Zstandard', packed.subarray(0, packed.length >> 1), 'truncated', /ends before its end/],
    ['Zstandard without its last bytes', packed.subarray(0, -2), 'truncated', /ends before its end/],
    ['Zstandard cut in the header', packed.subarray(0, 5), 'truncated', /ends before its end/],
    ['truncated gzip', zipped.subarray(0, zipped.length >> 1), 'truncated', /ends before its end/],
    [
      'damaged gzip',
      Uint8Array.from(zipped, (byte, i) => (i > 500 && i < 600 ? 255 - byte : byte)),
      'corrupt',
      /damaged/,
    ],
  ])('%s', async (name, content, code, message) => {
    const path = file('bad.txt', content);
    const error = await failure(read(path));
    expect(error).toMatchObject({ name: 'TraceError', code, file: path });
    expect(error.message, name).toMatch(message);
    expect(error.message).toContain(`\n  hint: ${error.hint}`);
    expect(error.hint.length).toBeGreaterThan(10);
  });

  test('what comes before the cut is still delivered', async () => {
    let length = 0;
    await failure(
      (async () => {
        for await (const chunk of readTrace(file('cut.zst', packed.subarray(0, packed.length - 2))))
          length += chunk.length;
      })(),
    );
    expect(length).toBeGreaterThan(text.length / 2);
  });

  test.each([join(folder, 'missing.txt'), folder])('unreadable: %s', async (path) => {
    expect(await failure(read(path))).toMatchObject({ code: 'unreadable', file: path });
  });

  test('an error of a given stream is passed on as it is', async () => {
    const problem = new Error('line dropped');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 100);
      throw problem;
    }
    await expect(read(source())).rejects.toBe(problem);
  });
});

describe('telling the format', () => {
  const NDJSON = '{"type":"lockdep-trace","version":1}\n';

  test.each([
    ['ftrace', fixture('ftrace.txt')],
    [
      'ftrace',
      bytes('          <idle>-0     [000]  5.820030: lock_acquire:         0xffffffff82139560 read rcu_read_lock\n'),
    ],
    ['ftrace', bytes('cpus=4\n')],
    ['ftrace', bytes('  perf 12 [001] 5.820030: lock:lock_release: 0xffffffff82139560 x\n')],
    ['ftrace', bytes('booting\nhello world\n a-1 [000] d..1. 1.0: sched_switch: x\n')],
    ['event-log', fixture('event-log.txt')],
    ['event-log', bytes('0 # 0 0 my task 0 --IS---- - debug_locks=1 text=hello\n')],
    ['ndjson', bytes(NDJSON)],
    ['ndjson', bytes(`{"level":30,"msg":"hi"}\n${NDJSON}`)],
    ['lockdep', bytes('all lock classes:\n')],
    ['lockdep', bytes('ffffffff81a2ae20 FD:  118 BD:   16 ++++: cpu_hotplug_lock\n')],
    ['snapshot', bytes('# snapshot at record 12 debug_locks 1\n')],
  ])('%s', async (format, content) => {
    for (const source of [
      [content],
      [gzipSync(content)],
      Array.from(content.subarray(0, 3000), (byte) => Uint8Array.of(byte)),
    ]) {
      const trace = await openTrace(source);
      expect(trace.format).toBe(format);
      let length = 0;
      for await (const chunk of trace.chunks) length += chunk.length;
      expect(length).toBeGreaterThan(0);
    }
  });

  test('the whole stream comes, the part that was looked at included', async () => {
    const trace = await openTrace(fixturePath('ftrace.txt'));
    const chunks: Uint8Array[] = [];
    for await (const chunk of trace.chunks) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(fixture('ftrace.txt')));
  });

  test('a format that is named is not questioned', async () => {
    expect((await openTrace([bytes('hello\n')], { format: 'ftrace' })).format).toBe('ftrace');
  });

  test('text of no known format', async () => {
    const error = await failure(openTrace([bytes('hello\nworld\n')], { name: 'log.txt' }));
    expect(error).toMatchObject({ code: 'wrong-format', file: 'log.txt' });
    expect(error.message).toContain('perf script');
  });
});
