/**
 * Reader of graph snapshots: the whole dependency graph of a kernel, dumped atomically between two records of its event
 * log.
 *
 * Lines: `# snapshot at record SEQ …`, `C idx key sub ver inner outer type usage name`, `E from to dist dep` (all
 * dependencies, in list order), `K irqctx chainkey cls:read …` (all chains, oldest lock first). Exact: any other line
 * is an error. The graph is kept in memory.
 */
import { TextLines } from './text-lines.ts';
import { quoteLine, TraceError } from './trace-error.ts';
import { type ReadTraceOptions, readTrace, sourceName, type TraceSource } from './trace-source.ts';

/** One class of a snapshot. */
export interface SnapshotClass {
  /** Index in the kernel's class table, as the event log uses it. */
  readonly index: number;
  /** Key address, base plus subclass, in hexadecimal. */
  readonly key: string;
  readonly subclass: number;
  readonly version: number;
  readonly waitInner: number;
  readonly waitOuter: number;
  readonly lockType: number;
  readonly usageMask: number;
  readonly name: string;
}

/** One dependency; `dep` bits: 1 shared→recursive-reader … see the event log's `E` records. */
export interface SnapshotDependency {
  readonly from: number;
  readonly to: number;
  readonly distance: number;
  readonly dep: number;
}

/** One chain, oldest lock first. */
export interface SnapshotChain {
  readonly irqContext: number;
  readonly key: string;
  readonly locks: readonly { readonly classIndex: number; readonly read: number }[];
}

/** A whole snapshot. */
export interface Snapshot {
  /** Number of the event log record it was taken at; `null` when the header is missing. */
  readonly record: number | null;
  readonly classes: readonly SnapshotClass[];
  readonly dependencies: readonly SnapshotDependency[];
  readonly chains: readonly SnapshotChain[];
}

const HEADER = /^# snapshot at record (\d+)(?:.* classes (\d+) list_entries (\d+))?/;
const CLASS = /^C (\d+) ([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+) ([0-9a-f]+) (.*)$/;
const DEPENDENCY = /^E (\d+) (\d+) (\d+) (\d+)$/;
const CHAIN = /^K (\d+) ([0-9a-f]+)((?: \d+:\d)+)$/;

/**
 * @example
 * const { dependencies } = await readSnapshot('after/snap.txt.zst');
 * @throws TraceError
 */
export async function readSnapshot(source: TraceSource, options: ReadTraceOptions = {}): Promise<Snapshot> {
  const file = sourceName(source, options);
  let record: number | null = null;
  let announced: Announced | null = null;
  const classes: SnapshotClass[] = [];
  const dependencies: SnapshotDependency[] = [];
  const chains: SnapshotChain[] = [];
  const lines = new TextLines((line, number) => {
    const kind = line[0];
    const match = (kind === 'C' ? CLASS : kind === 'E' ? DEPENDENCY : kind === 'K' ? CHAIN : HEADER).exec(line);
    if (match === null) {
      if (line === '' || kind === '#') return;
      throw badLine(file, number, line, classes.length === 0);
    }
    if (kind === 'C') classes.push(classOf(match));
    else if (kind === 'E') dependencies.push(dependencyOf(match));
    else if (kind === 'K') chains.push(chainOf(match));
    else {
      record = Number(match[1]);
      if (match[2] !== undefined) announced = { classes: Number(match[2]), entries: Number(match[3]) };
    }
  }, file);
  for await (const chunk of readTrace(source, options)) lines.push(chunk);
  lines.end();
  if (announced !== null) checkWhole(file, announced, classes.length, dependencies.length);
  return { record, classes, dependencies, chains };
}

function classOf(match: RegExpExecArray): SnapshotClass {
  return {
    index: Number(match[1]),
    key: match[2]!,
    subclass: Number(match[3]),
    version: Number(match[4]),
    waitInner: Number(match[5]),
    waitOuter: Number(match[6]),
    lockType: Number(match[7]),
    usageMask: Number.parseInt(match[8]!, 16),
    name: match[9]!,
  };
}

function dependencyOf(match: RegExpExecArray): SnapshotDependency {
  return { from: Number(match[1]), to: Number(match[2]), distance: Number(match[3]), dep: Number(match[4]) };
}

function chainOf(match: RegExpExecArray): SnapshotChain {
  const locks = match[3]!
    .trim()
    .split(' ')
    .map((lock) => {
      const [classIndex, read] = lock.split(':');
      return { classIndex: Number(classIndex), read: Number(read) };
    });
  return { irqContext: Number(match[1]), key: match[2]!, locks };
}

/** What the header says is in the snapshot; the kernel keeps each dependency in two lists. */
interface Announced {
  readonly classes: number;
  readonly entries: number;
}

/** A graph with a part missing would answer wrongly without a word. */
function checkWhole(file: string, announced: Announced, classes: number, dependencies: number): void {
  if (classes === announced.classes && 2 * dependencies === announced.entries) return;
  throw new TraceError({
    code: 'malformed',
    file,
    problem:
      `the snapshot is not whole: it announces ${announced.classes} classes and ${announced.entries / 2} dependencies ` +
      `and has ${classes} and ${dependencies}`,
    hint: 'get a whole copy of it',
  });
}

function badLine(file: string, line: number, text: string, isFirst: boolean): TraceError {
  return new TraceError({
    code: isFirst ? 'wrong-format' : 'malformed',
    file,
    line,
    problem: `not a line of a graph snapshot: ${quoteLine(text)}`,
    hint: 'a snapshot has only `C`, `E`, `K` and `#` lines; get a whole copy of it',
  });
}
