/** A place of a program on the page: the innermost frame with its lines of source, the outer frames folded. */
import type { Frame, Site } from '@lockdep/core';
import { frameText } from '../text/notation.ts';
import { printable } from '../text/printable.ts';
import type { TextStyle } from '../text/text-style.ts';
import { codeFrame } from './code-frame.ts';
import { html, type Markup } from './html.ts';

/** Gives the text of a source file. */
export type ReadSource = (file: string) => string | undefined;

/** The place, or that there is none. */
export function place(site: Site, style: TextStyle, read: ReadSource | undefined): Markup {
  const [first, ...rest] = site.frames;
  if (first === undefined) return html` <span class="dim">(place not recorded)</span>`;
  const more =
    rest.length === 0
      ? null
      : html`<details class="more"><summary>${rest.length} more ${rest.length === 1 ? 'frame' : 'frames'}</summary><pre>${lines(rest.map((frame) => frameText(frame, style)).join('\n'))}</pre></details>`;
  return html`<code class="place">${frameText(first, style)}</code>${code(first, read)}${more}`;
}

/** The source around a frame, where it can be read. */
export function code(frame: Frame, read: ReadSource | undefined): Markup | null {
  if (frame.file === undefined || frame.line === undefined || read === undefined) return null;
  const source = read(frame.file);
  return source === undefined ? null : codeFrame(source, frame.line, frame.column);
}

/** Text whose line breaks are meant: all else that does not print is escaped. */
export function lines(text: string): Markup {
  return {
    markup: text
      .split('\n')
      .map((line) => html`${printable(line)}`.markup)
      .join('\n'),
  };
}
