/** Sizes. Small by default: an exhaustive exploration pays for every page and block. */
export interface Geometry {
  /** Bytes in a page. */
  readonly pageSize: number;
  /** Bytes in a disk block; divides the page size. */
  readonly blockSize: number;
  /** Pages a file may have. */
  readonly filePages: number;
  /** Blocks on the disk. */
  readonly diskBlocks: number;
}

/** Pages of 4 bytes, one block each; 4 pages a file; 16 blocks on the disk. */
export const defaultGeometry: Geometry = { pageSize: 4, blockSize: 4, filePages: 4, diskBlocks: 16 };

/** @throws RangeError when the sizes do not fit together. */
export function checkGeometry(geometry: Geometry): Geometry {
  const { pageSize, blockSize, filePages, diskBlocks } = geometry;
  for (const [name, value] of Object.entries(geometry)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`geometry.${name} is ${value}: it is a count, at least 1`);
  }
  if (pageSize % blockSize !== 0) {
    throw new RangeError(
      `blocks of ${blockSize} bytes do not fill pages of ${pageSize}: choose a block size that divides it`,
    );
  }
  if (filePages > 64 || diskBlocks > 1024) {
    throw new RangeError(
      `${filePages} pages a file and ${diskBlocks} blocks are too many for a model: at most 64 and 1024`,
    );
  }
  return geometry;
}
