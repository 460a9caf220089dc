/** Growing typed arrays: at least to `index`, doubling, contents kept. Called on the miss path only. */

const grown = (length: number, index: number): number => Math.max(length * 2, index + 1);

export function growInt32(array: Int32Array, index: number): Int32Array {
  if (index < array.length) return array;
  const next = new Int32Array(grown(array.length, index));
  next.set(array);
  return next;
}

export function growUint32(array: Uint32Array, index: number): Uint32Array {
  if (index < array.length) return array;
  const next = new Uint32Array(grown(array.length, index));
  next.set(array);
  return next;
}

export function growUint8(array: Uint8Array, index: number): Uint8Array {
  if (index < array.length) return array;
  const next = new Uint8Array(grown(array.length, index));
  next.set(array);
  return next;
}

export function growFloat64(array: Float64Array, index: number): Float64Array {
  if (index < array.length) return array;
  const next = new Float64Array(grown(array.length, index));
  next.set(array);
  return next;
}
