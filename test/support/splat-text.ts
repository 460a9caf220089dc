/**
 * Reader of the text that Linux's lockdep prints for a report: which locks it names, with usage, wait types and the place where
 * each was taken. The text is what kernel developers read, so a report of ours must tell at least this.
 */

/** A lock as the kernel prints it: `ADDRESS (CLASS){USAGE}-{OUTER:INNER}, at: PLACE [module]`. */
export interface SplatLock {
  readonly lock: string;
  readonly class: string;
  readonly usage: string;
  readonly wait: string;
  readonly at: string;
}

export interface SplatText {
  /** The report without time stamps, up to the stack of the moment. Empty when nothing was reported. */
  readonly lines: readonly string[];
  readonly title: string;
  /** `comm/pid` */
  readonly task: string;
  /** The locks it is about, in the order of the text: wanted (or changed), then held. */
  readonly locks: readonly SplatLock[];
  /** For a circle: its classes, the wanted lock first, the held one last. */
  readonly circle: readonly string[];
  /** For an inconsistent state: the usage before, and the new one. */
  readonly usage: readonly string[];
  /** Classes named beside the locks: the two sides of an interrupt order, the other lock of an inversion. */
  readonly others: readonly string[];
  /** What the task held, oldest first. */
  readonly held: readonly SplatLock[];
}

const LOCK = /^([0-9a-f]+) \((.*)\)\{(\S+)\}-\{(\d:\d)\}, at: (\S+)/;
const ABOUT =
  /(?:trying to (?:acquire|acquire lock|lock)|already holding|already holding lock|state of lock|takes|lock still held there)[:!]$/;
const BORDER = /^[=-]{10,}$/;

export function readSplat(text: string): SplatText {
  const all = text.split('\n').map((line) => line.replace(/^\[ *\d+\.\d+\] ?/, ''));
  const begin = all.findIndex((line) => BORDER.test(line));
  const end = all.indexOf('stack backtrace:');
  const lines = begin < 0 ? [] : all.slice(begin, end).filter((line, at, kept) => line !== '' || kept[at - 1] !== '');
  const about = lines.filter((_, at) => at > 0 && ABOUT.test(lines[at - 1]!)).map(lockLine);
  const circle = lines.flatMap((line) => /^-> #\d+ \((.*)\)\{\S+\}-\{\d:\d\}:$/.exec(line)?.[1] ?? []);
  const usage = lines.flatMap((line) => /^inconsistent \{(.*)\} -> \{(.*)\} usage/.exec(line)?.slice(1) ?? []);
  const others = lines.flatMap((line) => /^ \(([^{}]*)\)\{\S+\}-\{\d:\d\}$/.exec(line)?.[1] ?? []);
  const held = lines.flatMap((line) => {
    const match = /^ #\d+: (.*)$/.exec(line);
    return match === null ? [] : [lockLine(match[1]!)];
  });
  const task = lines
    .map((line) => /^(\S+\/\d+) (?:\[.*\] )?(?:is |takes|just )/.exec(line)?.[1])
    .find((found) => found);
  return {
    lines,
    title: lines[1] ?? '',
    task: task ?? '',
    locks: about,
    circle: circle.reverse(),
    usage,
    others,
    held,
  };
}

function lockLine(line: string): SplatLock {
  const match = LOCK.exec(line);
  if (match === null) throw new Error(`not a lock as the kernel prints it: ${line}`);
  return {
    lock: match[1]!,
    class: match[2]!,
    usage: match[3]!,
    wait: match[4]!,
    at: match[5]!.replace(/\/0x[0-9a-f]+$/, ''),
  };
}
