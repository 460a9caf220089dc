/**
 * Direct reads and writes for random programs. A program that has them has no stores through mappings and shares no blocks: for those beside
 * direct writes the kernel promises nothing. No asynchronous ones either: a write(2) beside one, to a part of a block that has not been
 * written, zeroes the rest, and one that makes the file longer may make it shorter ({@link file://./random-direct.test.ts} has some).
 */
import { type Inode, MappedBuffer, type Proc, type Vma } from '@lockdep/page-cache';
import { pread, pwrite } from '../src/index.ts';

/** Draws one on a file, or from a mapping of the other; in words too. */
export function directOperation(
  file: Inode,
  other: Vma,
  below: (count: number) => number,
  write: string,
): [string, () => Proc<unknown>] {
  const { geometry } = file.sb.engine;
  const size = geometry.filePages * geometry.pageSize;
  const unit = below(2) === 0 ? geometry.blockSize : 1;
  const pos = below(size / unit) * unit;
  const count = (1 + below((size - pos) / unit)) * unit;
  const flags = { append: below(6) === 0, dsync: below(4) === 0, nowait: below(6) === 0 };
  const given = Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name] : []));
  const words = (what: string) => `${[what, ...given].join(' ')} ${file.name} [${pos}, ${pos + count})`;
  switch (below(4)) {
    case 0:
      return [words('direct read'), () => pread(file, pos, count, { direct: true, nowait: flags.nowait })];
    case 1:
      return [
        words(`direct write from a mapping of ${other.inode.name}`),
        () => pwrite(file, pos, count, write, new MappedBuffer(other), { ...flags, direct: true }),
      ];
    default:
      return [words('direct write'), () => pwrite(file, pos, count, write, undefined, { ...flags, direct: true })];
  }
}
