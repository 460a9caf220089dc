/**
 * Any text as a quoted DOT string. In an ID only `"` needs care, since Graphviz keeps backslashes there; in a label
 * backslashes are escapes and `&name;` is an entity. Two different texts never give the same ID.
 */
import { printable } from './text/printable.ts';

/** A node's ID: unique per text. */
export function dotId(text: string): string {
  // Backslashes are doubled first, so the escapes `printable` writes (single backslash) cannot be mistaken for them.
  return `"${printable(text.replaceAll('\\', '\\\\')).replaceAll('"', '\\"')}"`;
}

/** A label or tooltip that shows the text as {@link printable} does; lines are centred. */
export function dotLabel(...lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    printable(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;'),
  );
  return `"${escaped.join('\\n')}"`;
}
