/**
 * Watches what users see and what the disk holds, and keeps what is wrong as findings.
 *
 * Its time is logical: it ticks when operations begin and end. Findings about foreign or uninitialised bytes, and those about the
 * final state, do not depend on that time, so they are the same for all interleavings of one partial order.
 */
import { type Finding, findingText } from './finding.ts';
import { ShadowFile } from './shadow-file.ts';
import { type Tag, tagName, ZERO } from './tag.ts';

export class Oracle {
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

  file(name: string): ShadowFile {
    const file = this.#files.get(name);
    if (file === undefined)
      throw new RangeError(`the oracle does not know file '${name}': create it through the engine`);
    return file;
  }

  /** A user got `tags` from `offset` on, some time since `start`. */
  check(name: string, offset: number, tags: readonly Tag[], start: number, via: Finding['via']): void {
    const file = this.file(name);
    const end = this.tick();
    for (const [i, tag] of tags.entries()) {
      if (!file.mayRead(offset + i, tag, start, end)) this.#wrong(file, offset + i, tag, start, end, via);
    }
  }

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
    this.add({ kind: kindOf(tag, file.name, visible), via, file: file.name, offset, saw: tagName(tag), message });
  }
}

function kindOf(tag: Tag, file: string, visible: readonly Tag[]): Finding['kind'] {
  if (tag.origin === 'uninit') return 'uninitialised-memory';
  if (tag.origin === 'data' && tag.file !== file) return 'stale-block-exposure';
  return tag.origin === 'data' && visible.every((other) => other === ZERO) ? 'hole-has-data' : 'lost-write';
}
