/**
 * What the page's script shows on a click, as JSON that is safe within a script element: classes, dependencies with all
 * frames of both places. Frames and tasks repeat a lot, so each text is there once and referred to by number.
 */
import type { Site } from '@lockdep/core';
import type { LockOrder } from '../graph/lock-order.ts';
import { frameText } from '../text/notation.ts';
import { printable } from '../text/printable.ts';
import type { TextStyle } from '../text/text-style.ts';

/** The JSON text. */
export function pageData(view: LockOrder, style: TextStyle): string {
  const texts: string[] = [];
  const numbers = new Map<string, number>();
  const number = (text: string): number => {
    let known = numbers.get(text);
    if (known === undefined) {
      known = texts.push(text) - 1;
      numbers.set(text, known);
    }
    return known;
  };
  const frames = (site: Site | null): number[] => (site?.frames ?? []).map((frame) => number(frameText(frame, style)));
  const back = new Set(view.back);
  const document = {
    classes: view.classes.map(({ name, kind, usage, rank }) => [printable(name), kind, usage, rank]),
    edges: [...view.edges, ...view.back, ...view.self].map((edge) => [
      edge.from,
      edge.to,
      number(edge.modes),
      edge.count,
      edge.distance,
      number(printable(edge.task)),
      frames(edge.outerSite),
      frames(edge.innerSite),
      back.has(edge) ? 1 : 0,
      edge.origins.map((origin) => number(printable(origin))),
    ]),
    texts,
  };
  return JSON.stringify(document)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
