/** How fast traces are replayed, and that memory does not grow with their length. */
import { Validator } from '@lockdep/core';
import { EventLogParser, EventLogReplay, FtraceReplay, readTrace } from '@lockdep/trace';
import { dataFile, repositoryFile } from '../support/data-files.ts';
import type { Row } from './measure.ts';
import { giveRows, runSection } from './section.ts';

const FILES = {
  ftrace: repositoryFile('examples/kernel-lock-order/data/ext4.trace.txt.zst'),
  'event log': dataFile('kernel/boot/ldrec.txt.zst'),
} as const;

type Format = keyof typeof FILES;

/** Replays a file `times` times over as one stream. */
async function replay(format: Format, times: number): Promise<{ events: number; seconds: number; megabytes: number }> {
  const validator = new Validator({ mode: format === 'ftrace' ? 'ideal' : 'kernel', sites: false });
  const before = process.cpuUsage();
  let events = 0;
  if (format === 'ftrace') {
    const run = new FtraceReplay(validator, { usage: false });
    for (let time = 0; time < times; time++) for await (const chunk of readTrace(FILES.ftrace)) run.push(chunk);
    events = run.end().events;
  } else {
    const parser: EventLogParser = new EventLogParser((record) => run.record(record));
    const run = new EventLogReplay(validator, parser);
    for (let time = 0; time < times; time++)
      for await (const chunk of readTrace(FILES['event log'])) parser.push(chunk);
    parser.end();
    run.end();
    events = parser.records;
  }
  const { user, system } = process.cpuUsage(before);
  return { events, seconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 };
}

/** One measurement, in a process of its own: the most memory a process ever used is known for the process only. */
async function single(format: Format, times: number): Promise<Row[]> {
  const { events, seconds, megabytes } = await replay(format, times);
  const section = 'replay';
  return [
    {
      section,
      name: `${format}, ${events.toLocaleString('en')} events`,
      value: events / seconds / 1e6,
      unit: 'million events per CPU second',
    },
    { section, name: `${format}, peak memory, ${times} times the input`, value: megabytes, unit: 'MB' },
  ];
}

async function all(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [format, once, more] of [
    ['ftrace', 5, 20],
    ['event log', 1, 4],
  ] as const) {
    const short = await runSection('./replay.ts', format, String(once));
    const long = await runSection('./replay.ts', format, String(more));
    const [memory, memoryLong] = [short[1]!, long[1]!];
    rows.push(short[0]!, long[0]!, memory, {
      ...memoryLong,
      ratio: memoryLong.value / memory.value,
      against: memory.name,
    });
  }
  return rows;
}

if (import.meta.main) {
  const [format, times] = process.argv.slice(2);
  giveRows(format === undefined ? await all() : await single(format as Format, Number(times)));
}
