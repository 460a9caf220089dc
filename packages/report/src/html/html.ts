/** Markup made by a template tag that escapes whatever is put into it, so that no name can become a tag or an attribute. */
import { xmlText } from '../graph-formats/xml-text.ts';

/** Text that is markup already. Only {@link html} and {@link trusted} make it. */
export interface Markup {
  readonly markup: string;
}

type Piece = string | number | Markup | readonly Markup[] | null;

/** Builds markup; strings and numbers put in are escaped, markup is not, null is nothing. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: parts.reduce((text, part, index) => text + pieceText(pieces[index - 1] ?? null) + part) };
}

/** Markup from elsewhere, e.g. Graphviz: the caller answers for it. */
export function trusted(markup: string): Markup {
  return { markup };
}

function pieceText(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string' || typeof piece === 'number') return xmlText(String(piece));
  return 'markup' in piece ? piece.markup : piece.map((one) => one.markup).join('');
}
