/**
 * The operation log of fsx, as `--record-ops` writes it and `--replay-ops` reads it: a line an operation,
 *
 *     [skip] name 0xoffset 0xlength [0xdestination] 0xsize-before [keep_size] [unshare] [close_open] [beside]
 *
 * with `#` for comments. `beside` is ours: what another task does while the next operation runs.
 */

/** One line of the log. */
export interface FsxEntry {
  /** As in the log: `write`, `punch_hole`. */
  readonly op: string;
  readonly offset: number;
  readonly length: number;
  /** Where ranges go that are copied or shared. */
  readonly destination?: number;
  /** Size of the file before, for those who read the log; `*` in a log where it does not matter. */
  readonly size?: number;
  readonly keepSize?: boolean;
  readonly unshare?: boolean;
  /** Afterwards the file is closed, clean pages are dropped, and it is opened again. */
  readonly closeOpen?: boolean;
  /** Recorded, but not done. */
  readonly skip?: boolean;
  /** Done by another task while the next operation runs. */
  readonly beside?: boolean;
}

/** Operations that name two ranges. */
const TWO_RANGES = new Set(['clone_range', 'dedupe_range', 'copy_range', 'exchange_range']);

/** A log that cannot be read: which line, and what is wrong with it. */
export class FsxLogError extends Error {
  override readonly name = 'FsxLogError';
  /** From 1. */
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.line = line;
  }
}

/** The line of an entry. */
export function formatFsxEntry(entry: FsxEntry): string {
  const { op, offset, length, destination, size } = entry;
  const numbers = [offset, length, ...(destination === undefined ? [] : [destination])].map(
    (number) => `0x${number.toString(16)}`,
  );
  const words = [
    ...(entry.skip === true ? ['skip'] : []),
    op,
    ...numbers,
    size === undefined ? '*' : `0x${size.toString(16)}`,
    ...(entry.keepSize === true ? ['keep_size'] : []),
    ...(entry.unshare === true ? ['unshare'] : []),
    ...(entry.closeOpen === true ? ['close_open'] : []),
    ...(entry.beside === true ? ['beside'] : []),
  ];
  return words.join(' ');
}

/**
 * The entries of a log; whether their operations exist is for the player to say.
 *
 * @throws FsxLogError for a line that is none.
 */
export function parseFsxLog(text: string): FsxEntry[] {
  return text.split('\n').flatMap((line, i) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    return words[0] === '' ? [] : [parseLine(words, i + 1)];
  });
}

const FLAGS: Readonly<Record<string, keyof FsxEntry>> = {
  keep_size: 'keepSize',
  unshare: 'unshare',
  close_open: 'closeOpen',
  beside: 'beside',
};

function parseLine(words: readonly string[], line: number): FsxEntry {
  const skip = words[0] === 'skip';
  const [op = '', ...rest] = skip ? words.slice(1) : words;
  const numbers: (number | null)[] = [];
  const flags: Partial<Record<string, true>> = {};
  for (const word of rest) {
    const flag = FLAGS[word];
    if (flag !== undefined) flags[flag] = true;
    else if (word === '*') numbers.push(null);
    else if (/^(0x[0-9a-f]+|\d+)$/i.test(word)) numbers.push(Number(word));
    else
      throw new FsxLogError(
        line,
        `'${word}' is neither a number nor one of ${Object.keys(FLAGS).join(', ')}: '${words.join(' ')}'`,
      );
  }
  const ranges = TWO_RANGES.has(op) ? 3 : 2;
  const [offset = null, length = null] = numbers;
  const destination = ranges === 3 ? numbers[2] : undefined;
  if (offset === null || length === null || destination === null || (ranges === 3 && destination === undefined)) {
    throw new FsxLogError(line, `${op} needs ${ranges} numbers, as in '${op}${' 0x10'.repeat(ranges)}'`);
  }
  if (numbers.length > ranges + 1) throw new FsxLogError(line, `${op} has ${numbers.length} numbers: too many`);
  const size = numbers[ranges];
  return {
    op,
    offset,
    length,
    ...(destination === undefined ? {} : { destination }),
    ...(size === undefined || size === null ? {} : { size }),
    ...flags,
    ...(skip ? { skip } : {}),
  };
}
