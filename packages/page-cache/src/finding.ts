/** What an oracle found wrong: plain data, with the file, the page and the byte. */
export type FindingKind =
  | 'stale-block-exposure'
  | 'uninitialised-memory'
  | 'use-after-free'
  | 'lost-write'
  | 'beyond-eof-read'
  | 'non-zero-tail'
  | 'hole-has-data'
  | 'remap-atomicity'
  | 'writeback-after-free'
  | 'metadata'
  | 'dirty-when-frozen'
  | 'nowait-violation'
  | 'hang'
  | 'bug-on'
  | 'leak';

/** How it was seen: by a read(2), a load through a mapping, while filling a folio, in the final state, on the way to disk, at
 * the release of a lock, in the middle of a write(2), at the end of a remap. */
export type FindingSource = 'read' | 'load' | 'folio' | 'end' | 'writeback' | 'lock' | 'write' | 'remap';

/** One thing that an oracle found wrong, as plain data; {@link findingText} puts it in words. */
export interface Finding {
  readonly kind: FindingKind;
  readonly via: FindingSource;
  /** Name of the file. */
  readonly file: string;
  /** Page index. */
  readonly index: number;
  /** Byte offset in the file. */
  readonly offset: number;
  /** What was there, in the words of its tag. */
  readonly saw: string;
  /** What is wrong, in words. */
  readonly message: string;
}

/** A finding as one line: `kind: file[page] (via): message`. */
export function findingText(finding: Finding): string {
  return `${finding.kind}: ${finding.file}[${finding.index}] (${finding.via}): ${finding.message}`;
}
