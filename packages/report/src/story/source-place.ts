/**
 * Where in the source a frame is, as tools that read reports want it: a URI relative to the project's root, line, column.
 * Frames of recorded kernels have no file, and so no place.
 */
import type { Frame, Site } from '@lockdep/core';

/** A place in a file. */
export interface SourcePlace {
  /** Percent-encoded; relative to the root when `isRelative`, else absolute (`file:///…`). */
  readonly uri: string;
  /** The same as a path to show or to open. */
  readonly path: string;
  readonly isRelative: boolean;
  readonly line: number | null;
  readonly column: number | null;
}

/** The innermost frame of a site that lies in a file of the project, else in any file; null without one. */
export function sourcePlace(site: Site, root: string): SourcePlace | null {
  const places = site.frames.map((frame) => framePlace(frame, root)).filter((place) => place !== null);
  return places.find((place) => place.isRelative && !place.path.includes('node_modules/')) ?? places[0] ?? null;
}

/** The place of one frame. */
export function framePlace(frame: Frame, root: string): SourcePlace | null {
  if (frame.file === undefined || frame.file === '' || frame.file.startsWith('node:')) return null;
  const path = filePath(frame.file);
  const base = filePath(root).replace(/\/*$/, '/');
  const inside = root !== '' && path.startsWith(base);
  const shown = inside ? path.slice(base.length) : path;
  const hasScheme = /^[a-z][a-z\d+.-]+:\/\//i.test(shown);
  const isRelative = !hasScheme && !/^(?:[a-z]:)?\//i.test(shown);
  const encoded = encodePath(shown);
  const absolute = shown.startsWith('/') ? `file://${encoded}` : `file:///${encoded}`;
  const uri = isRelative ? encoded : hasScheme ? encoded.replace('%3A', ':') : absolute;
  return { uri, path: shown, isRelative, line: positive(frame.line), column: positive(frame.column) };
}

/** Lines and columns count from 1 in every format; anything else is left out. */
function positive(number: number | undefined): number | null {
  return number !== undefined && Number.isInteger(number) && number > 0 ? number : null;
}

/** A `file:` URL as a path; backslashes as slashes. */
function filePath(file: string): string {
  if (!file.startsWith('file://')) return file.replaceAll('\\', '/');
  const path = file.slice('file://'.length).replace(/^\/(?=[a-z]:\/)/i, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Lone surrogates cannot be encoded: they become U+FFFD. A colon in the first part would read as a scheme. */
function encodePath(path: string): string {
  return path
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')
    .replace(/^([a-z])%3A(?=\/)/i, '$1:');
}
