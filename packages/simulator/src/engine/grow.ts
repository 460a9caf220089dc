/** Larger typed arrays with the old content and, beyond it, `fill`. */
export function growInt32(array: Int32Array, size: number, fill = 0): Int32Array {
  const next = new Int32Array(Math.max(size, array.length * 2));
  next.set(array);
  if (fill !== 0) next.fill(fill, array.length);
  return next;
}

export function growUint8(array: Uint8Array, size: number): Uint8Array {
  const next = new Uint8Array(Math.max(size, array.length * 2));
  next.set(array);
  return next;
}
