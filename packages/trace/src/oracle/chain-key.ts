/** The kernel's 64-bit chain key, so that chains can be compared without their contents (lockdep.c: iterate_chain_key). */

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** One step of Bob Jenkins' lookup3 mixing over (id, low, high). */
function mix(id: number, low: number, high: number): [number, number] {
  let a = id;
  let b = low;
  let c = high;
  a = (a - c) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 4);
  b = (b + a) | 0;
  return [b, c];
}

/** MAX_LOCKDEP_KEYS_BITS of the recording kernels. */
const CLASS_BITS = 13;

/** The key of a chain, oldest lock first: class index in the kernel's table, and 0 write, 1 read, 2 recursive read. */
export function chainKey(locks: readonly { readonly classIndex: number; readonly read: number }[]): string {
  let low = -1;
  let high = -1;
  for (const { classIndex, read } of locks) [low, high] = mix(classIndex | (read << CLASS_BITS), low, high);
  const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  return (digits(high) + digits(low)).replace(/^0+(?=.)/, '');
}
