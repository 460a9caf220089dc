import { EventLogParser, FtraceParser, NdjsonParser, readProcLockdep, readTrace } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { eventLogText } from './event-log-text.ts';
import { bytes, fixture, fixturePath } from './fixture.ts';
import { forSeeds, SeededRandom } from './seeded-random.ts';

interface Parser {
  push(chunk: Uint8Array): void;
  end(): void;
}

type Collect = (into: string[]) => Parser;

const eventLog: Collect = (into) => {
  const parser: EventLogParser = new EventLogParser((record) => into.push(eventLogText(record, parser)));
  return parser;
};

const ftrace: Collect = (into) => {
  const parser: FtraceParser = new FtraceParser((event) => {
    const { comm, lock, name, ...rest } = event;
    into.push(
      JSON.stringify([
        parser.strings.text(comm),
        parser.addresses.text(lock),
        parser.strings.text(name),
        rest,
        parser.line,
      ]),
    );
  });
  return parser;
};

const ndjson: Collect = (into) => new NdjsonParser((line, number) => into.push(`${number} ${JSON.stringify(line)}`));

const NDJSON = [
  '{"type":"lockdep-trace","version":1}',
  '{"lockdep":"class","id":1,"name":"é→"}',
  '{"lockdep":"lock","id":1,"class":1,"label":"x"}',
  '{"level":30,"msg":"another line"}',
  '{"lockdep":"task","id":1,"name":"t"}',
  '{"lockdep":"acquire","task":1,"lock":1,"mode":"read"}',
  '{"lockdep":"release","task":1,"lock":1}',
  '',
].join('\n');

function run(collect: Collect, chunks: Iterable<Uint8Array>): string[] {
  const into: string[] = [];
  const parser = collect(into);
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return into;
}

describe('where chunks are cut never matters', () => {
  test.each([
    ['event log', eventLog, fixture('event-log.txt'), 305],
    ['ftrace', ftrace, fixture('ftrace.txt'), 170],
    ['ndjson', ndjson, bytes(NDJSON), 6],
  ])('%s', (_, collect, input, count) => {
    const whole = run(collect, [input]);
    expect(whole).toHaveLength(count);
    forSeeds(60, (random) => expect(run(collect, random.split(input))).toEqual(whole));
  });

  test('every single cut of a short log', () => {
    const input = fixture('event-log.txt').subarray(0, 700);
    const whole = run(eventLog, [input.subarray(0, input.lastIndexOf(10) + 1)]);
    for (let cut = 0; cut <= input.length; cut++) {
      const parts = run(eventLog, [input.subarray(0, cut), input.subarray(cut)]);
      expect(parts.slice(0, whole.length)).toEqual(whole);
    }
  });

  test('chunks that are views into a larger buffer, and Buffers', () => {
    const input = fixture('event-log.txt');
    const whole = run(eventLog, [input]);
    const larger = new Uint8Array(input.length + 100).fill(120);
    larger.set(input, 57);
    expect(run(eventLog, [larger.subarray(57, 57 + 1000), larger.subarray(1057, 57 + input.length)])).toEqual(whole);
    expect(run(eventLog, [Buffer.from(input)])).toEqual(whole);
  });

  test('a compressed file arrives whole in pieces', async () => {
    const packed = fixture('ext4-dirs/after.lockdep.txt.zst');
    const { classes } = await readProcLockdep(fixturePath('ext4-dirs/after.lockdep.txt.zst'));
    const random = new SeededRandom(1);
    const again = await readProcLockdep(random.split(packed));
    expect(again.classes).toEqual(classes);
    let length = 0;
    for await (const chunk of readTrace([packed.subarray(0, 1), packed.subarray(1, 2), packed.subarray(2)]))
      length += chunk.length;
    expect(length).toBeGreaterThan(packed.length);
  });
});
