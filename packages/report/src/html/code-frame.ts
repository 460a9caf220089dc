/** The lines of source around a place, numbered, without the margin they share, the place marked. */
import { printable } from '../text/printable.ts';
import { html, type Markup } from './html.ts';

const AROUND = 2;
/** Longer lines (bundles) are cut: the frame is to be read, not to be complete. */
const WIDTH = 160;

/** The frame; null when the source has no such line (it changed since). */
export function codeFrame(source: string, line: number, column?: number): Markup | null {
  const all = source.replace(/\r?\n$/, '').split(/\r?\n/);
  if (line < 1 || line > all.length) return null;
  const first = Math.max(1, line - AROUND);
  const shown = all.slice(first - 1, line + AROUND).map((text) => text.replaceAll('\t', '  '));
  const margin = Math.min(...shown.filter((text) => text.trim() !== '').map((text) => text.search(/\S/)));
  const rows = shown.map((text, index) => {
    const number = first + index;
    const code = text.slice(Number.isFinite(margin) ? margin : 0).slice(0, WIDTH);
    if (number !== line) return html`<span class="line"><i>${number}</i>${printable(code)}\n</span>`;
    // Tabs have become wider, so only a column before any of them is the same.
    const isShifted = all[line - 1]!.slice(0, column).includes('\t');
    return html`<span class="line hit"><i>${number}</i>${isShifted ? printable(code) : marked(code, (column ?? 0) - 1 - margin)}\n</span>`;
  });
  return html`<pre class="code">${rows}</pre>`;
}

/** The word at that place of the line marked. */
function marked(code: string, at: number): Markup {
  if (at < 0 || at >= code.length) return html`${printable(code)}`;
  const word = /^[\w$]+|^./su.exec(code.slice(at))?.[0] ?? '';
  return html`${printable(code.slice(0, at))}<mark>${printable(word)}</mark>${printable(code.slice(at + word.length))}`;
}
