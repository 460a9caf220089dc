/**
 * A path of dependencies, one block a hop, with both places of each: where the outer lock was taken and where the inner one
 * was, in which modes, by whom, and whether the dependency is the new one.
 */
import type { Hop, Site } from '@lockdep/core';
import { classText, modeText, stackLines } from './notation.ts';
import { printable } from './printable.ts';
import type { TextStyle } from './text-style.ts';

const STACK = 9;

/** One hop, headed by the class it leads to: `-> #1 (&b){+.+.}-{4:4}: write`. */
export function hopLines(hop: Hop, number: number, style: TextStyle): string[] {
  const head = `-> #${number} ${classText(hop.to)}: ${modeText(hop.wantMode)}`;
  const lines = [hop.isNew ? style.paint('fresh', `${head}   <-- the new dependency`) : head];
  lines.push(
    ...sideLines(
      `${lockName(hop.innerLock)}wanted${hop.task === '' ? '' : ` by ${printable(hop.task)}`} at:`,
      hop.innerSite,
      style,
    ),
  );
  const held = `while holding ${classText(hop.from)}: ${modeText(hop.heldMode)}`;
  lines.push(`       ${held}`);
  lines.push(...sideLines(`${lockName(hop.outerLock)}taken at:`, hop.outerSite, style));
  return lines;
}

/** The classes along a path: `a --> b --> c`, folded to the terminal. */
export function chainLines(names: readonly string[], style: TextStyle): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, name] of names.entries()) {
    const link = index === 0 ? printable(name) : ` --> ${printable(name)}`;
    if (line !== '' && 2 + line.length + link.length > style.width) {
      lines.push(`  ${line}`);
      line = '   ';
    }
    line += link;
  }
  lines.push(`  ${line}`);
  return lines;
}

function lockName(label: string): string {
  return label === '' ? '' : `lock ${printable(label)}, `;
}

function sideLines(heading: string, site: Site, style: TextStyle): string[] {
  return [`       ${heading}`, ...stackLines(site, STACK, style)];
}
