/** Any text as text or attribute value of XML and HTML; what these cannot hold becomes a visible escape. */
import { printable } from '../text/printable.ts';

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** The text, escaped. */
export function xmlText(text: string): string {
  return printable(text).replaceAll(/[&<>"']|\ufffe|\uffff/g, (character) => {
    return ENTITIES.get(character) ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}
