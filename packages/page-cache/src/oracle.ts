/**
 * Watches what users see and what the disk holds, and keeps what is wrong as findings.
 *
 * Its time is logical: it ticks when operations begin and end. Findings about foreign or uninitialised bytes, and those about the
 * final state, do not depend on that time, so they are the same for all interleavings of one partial order.
 */
import { type Finding, findingText } from './finding.ts';
import { ShadowFile } from './shadow-file.ts';
import { type Tag, tagName, ZERO } from './tag.ts';

/** Knows what every file may be seen to hold, and collects what users saw instead. One per {@link Engine}. */
export class Oracle {
  /** In the order of discovery, each once. */
  readonly findings: Finding[] = [];
  readonly #files = new Map<string, ShadowFile>();
  readonly #pageSize: number;
  #time = 0;

  constructor(pageSize: number) {
    this.#pageSize = pageSize;
  }

  /** The next moment. */
  tick(): number {
    this.#time += 1;
    return this.#time;
  }

  /** Starts to watch a file with this content. */
  watch(name: string, content: readonly Tag[]): ShadowFile {
    const file = new ShadowFile(name, content.length);
    file.begin(0, content, 0).end(0);
    this.#files.set(name, file);
    return file;
  }

  /**
   * The reference model of a file.
   *
   * @throws RangeError when no file of this name is watched.
   */
  file(name: string): ShadowFile {
    const file = this.#files.get(name);
    if (file === undefined)
      throw new RangeError(`the oracle does not know file '${name}': create it through the engine`);
    return file;
  }

  /** Forgets what nobody who begins, or has begun, after `time` can see. For long runs: the history of a byte grows with every write. */
  forget(time: number): void {
    for (const file of this.#files.values()) file.forget(time);
  }

  /** A user got `tags` from `offset` on, some time since `start`. */
  check(name: string, offset: number, tags: readonly Tag[], start: number, via: Finding['via']): void {
    const file = this.file(name);
    const end = this.tick();
    for (const [i, tag] of tags.entries()) {
      if (!file.mayRead(offset + i, tag, start, end)) this.#wrong(file, offset + i, tag, start, end, via);
    }
  }

  /** The same for a read(2), which may not go past the end either. */
  checkRead(name: string, offset: number, tags: readonly Tag[], start: number): void {
    this.check(name, offset, tags, start, 'read');
    this.#checkZeroes(name, offset, tags, start);
    const size = this.file(name).largestSize(start, this.#time);
    const last = offset + tags.length - 1;
    if (tags.length === 0 || last < size) return;
    const saw = tagName(tags.at(-1)!);
    const message = `byte ${last} was read from a file of ${size} bytes`;
    this.add({ kind: 'beyond-eof-read', via: 'read', file: name, offset: last, saw, message });
  }

  /** Zeroes within the new end of a file that a write has made longer were never its content. */
  #checkZeroes(name: string, offset: number, tags: readonly Tag[], start: number): void {
    const file = this.file(name);
    const at = tags.findIndex((tag, i) => tag === ZERO && file.neverWasZero(offset + i, start, this.#time));
    if (at < 0) return;
    const message = `byte ${offset + at} is zero, but the file is that long only by a write that covers it`;
    this.add({ kind: 'lost-write', via: 'read', file: name, offset: offset + at, saw: 'zero', message });
  }

  /**
   * A store through a mapping took effect. One past the end, in the last page, may be kept or zeroed; and so may one to what the file is
   * just getting longer by, since `pagecache_isize_extended` write-protects the page, so that stores ask for blocks, after the size is set.
   */
  stored(name: string, offset: number, tag: Tag, isPastEnd: boolean): void {
    const file = this.file(name);
    const start = this.tick();
    const end = this.tick();
    file.begin(offset, [tag], start).end(end);
    if (isPastEnd || file.isGrowingOver(offset, end)) file.begin(offset, [ZERO], start).end(end);
  }

  /** Keeps a finding, unless the same is there already; its page index follows from its offset. */
  add(finding: Omit<Finding, 'index'>): void {
    const full: Finding = { ...finding, index: Math.floor(finding.offset / this.#pageSize) };
    const text = findingText(full);
    if (!this.findings.some((other) => findingText(other) === text)) this.findings.push(full);
  }

  /** The first finding in words; null when all is well. */
  verdict(): string | null {
    const first = this.findings[0];
    return first === undefined ? null : findingText(first);
  }

  #wrong(file: ShadowFile, offset: number, tag: Tag, start: number, end: number, via: Finding['via']): void {
    const visible = file.visible(offset, start, end);
    const expected = visible.map(tagName).join(' or ');
    const message = `byte ${offset} is ${tagName(tag)}, expected ${expected}`;
    const kind = kindOf(tag, visible, file.hasHeld(offset, tag));
    this.add({ kind, via, file: file.name, offset, saw: tagName(tag), message });
  }
}

/** `own`: what the file held at some time; by a clone that may be data that was written to another file. */
function kindOf(tag: Tag, visible: readonly Tag[], own: boolean): Finding['kind'] {
  if (tag.origin === 'freed') return 'use-after-free';
  if (tag.origin === 'uninit') return 'uninitialised-memory';
  if (tag.origin === 'data' && !own) return 'stale-block-exposure';
  return tag.origin === 'data' && visible.every((other) => other === ZERO) ? 'hole-has-data' : 'lost-write';
}
