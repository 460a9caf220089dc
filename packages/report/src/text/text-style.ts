/**
 * What the text renderers need to know besides the report: colour or none, how wide the terminal is, which path prefix to
 * leave out. The defaults depend on nothing outside, so the same report always gives the same text.
 */
import { styleText } from 'node:util';
import type { Level } from '@lockdep/core';

/** Options of every text renderer. */
export interface TextOptions {
  /** Colour by ANSI escapes. Default false, whatever the terminal. */
  readonly color?: boolean;
  /** Columns of the terminal; what is wider is folded. Default 100. */
  readonly width?: number;
  /** A folder to leave out of file names, e.g. the project's root. Default: names as recorded. */
  readonly root?: string;
}

/** The parts of a report that colour tells apart. */
export type Ink = Level | 'heading' | 'dim' | 'fresh' | 'good';

/** {@link TextOptions} with the defaults filled in. */
export interface TextStyle {
  readonly width: number;
  readonly root: string;
  readonly paint: (ink: Ink, text: string) => string;
}

const INKS = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  note: ['bold', 'cyan'],
  heading: 'bold',
  dim: 'dim',
  fresh: ['bold', 'magenta'],
  good: 'green',
} as const;

// The stream is the caller's business: `color` alone decides, not NO_COLOR or what standard output is.
const colour = (ink: Ink, text: string): string => styleText(INKS[ink], text, { validateStream: false });
const plain = (_ink: Ink, text: string): string => text;

/** Fills in the defaults. */
export function textStyle(options: TextOptions): TextStyle {
  return { width: options.width ?? 100, root: options.root ?? '', paint: options.color === true ? colour : plain };
}
