/**
 * Makes any name safe to print: control characters, bidirectional overrides and lone surrogates become escapes, so that a
 * lock called `a\nb` stays on its line and none can drive the terminal. Linear; ordinary names come back unchanged.
 */

const UNSAFE = /[\p{Cc}\p{Cs}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** The text with every character that would not print as itself escaped. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT.get(character) ?? `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
