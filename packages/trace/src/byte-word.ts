/**
 * Four letters of a text as the 32-bit word they make in a little-endian view: `view.getInt32(at, true) ===
 * byteWord('lock')` compares four bytes at once.
 */
export function byteWord(letters: string): number {
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return new DataView(bytes.buffer).getInt32(0, true);
}
