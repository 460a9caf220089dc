/**
 * Where in the program something happened.
 *
 * Capturing makes an Error and nothing else (1.5–2.5 µs); its stack is parsed only when somebody reads `frames`. So sites are
 * captured when a chain, an edge or a usage bit is *new*, never on a known acquisition.
 */
import type { Frame, Site } from './report.ts';

const NOWHERE: Site = { frames: [] };
/** Frames: up to twenty are the validator's and the locks' own. */
const DEPTH = 32;

/** The site of an event for which none was captured. */
export function nowhere(): Site {
  return NOWHERE;
}

/** A site known by one line of text: a recorded kernel's `ext4_fallocate+0xa7`, a label of a model. */
export function siteOf(text: string): Site {
  return { frames: [{ text }] };
}

/** The caller's place in the program, without lockdep's own frames. */
export function captureSite(): Site {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  const site = new CapturedSite(new Error('site'));
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}

/** Plain data out of a site that may still be unparsed. Parsed when read: most findings have been reported before, and nobody looks. */
export function plainSite(site: Site | null | undefined): Site {
  if (site == null) return NOWHERE;
  return {
    get frames() {
      return site.frames;
    },
  };
}

class CapturedSite implements Site {
  #error: Error | null;
  #frames: readonly Frame[] | null = null;

  constructor(error: Error) {
    this.#error = error;
  }

  get frames(): readonly Frame[] {
    if (this.#frames === null) {
      this.#frames = parseStack(this.#error?.stack ?? '');
      this.#error = null;
    }
    return this.#frames;
  }

  toJSON(): Site {
    return { frames: this.frames };
  }
}

/** Installed, or part of Node. */
const OTHERS = /[\\/]@lockdep[\\/](?:core|locks|simulator)[\\/]|[\\/]node_modules[\\/]lockdep[\\/]|\bnode:/;
/** The folder in which this package stands beside its siblings; null in a bundle. A program may have a `packages/core` of its own. */
const SIBLINGS = /^(?:file:\/\/)?(.*\/)core\/(?:src|dist)\//.exec(import.meta.url ?? '')?.[1] ?? null;
const SIBLING = /^(?:core|locks|simulator|cli)\/(?:src|dist)\//;

/** Frames inside the validator, the locks, the simulator and the command say nothing about the program. */
function isOwn(line: string): boolean {
  const at = SIBLINGS === null ? -1 : line.indexOf(SIBLINGS);
  return (at >= 0 && SIBLING.test(line.slice(at + SIBLINGS!.length))) || OTHERS.test(line);
}

const FRAME = /^\s*at (?:async (?=[^( ]+$))?(?:(?<fn>.+?) \()?(?<file>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;

/** Parses a V8 stack; frames of the validator itself are left out. */
export function parseStack(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (match?.groups === undefined || isOwn(line)) continue;
    const file = match.groups['file']!.replace(/^file:\/\//, '');
    const fn = match.groups['fn']?.replace(/^async /, '');
    const place = `${file}:${match.groups['line']}:${match.groups['column']}`;
    frames.push({
      ...(fn === undefined ? {} : { function: fn }),
      file,
      line: Number(match.groups['line']),
      column: Number(match.groups['column']),
      text: fn === undefined ? place : `${fn} (${place})`,
    });
  }
  return frames;
}
