/** Any text as Markdown that shows just that text: in a line, in a table's cell, as code. */
import { printable } from '../text/printable.ts';

/** Plain text in a line; HTML and Markdown in it have no effect. An underscore within a word has none anyway. */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*[\]#|~!@]|\b_+(?!\w)|(?<!\w)_+/g, (run) =>
      [...run].map((character) => `&#${character.codePointAt(0)};`).join(''),
    );
}

/** Plain text in a cell (or within HTML). */
export function tableCell(text: string): string {
  return markdownText(text);
}

/** Code in a line or a cell: `<code>`, since no number of backticks survives a `|` in a table. */
export function codeSpan(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}

/** A fenced block, the fence longer than any in the text. */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n*$/, '\n')}${fence}\n`;
}
