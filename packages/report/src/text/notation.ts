/**
 * The kernel's notation for locks, classes and places: `0x1 (&a){+.+.}-{4:4}, write, at: f (a.ts:1:2)`.
 *
 * Braces: usage characters, then outer and inner wait type (the outer one falls back to the inner, as in Linux). The mode is
 * ours: the kernel leaves the reader to guess it. Everything that comes from outside goes through {@link printable}.
 */
import type { ClassRef, Frame, LockRef, Mode, Site } from '@lockdep/core';
import { printable } from './printable.ts';
import type { TextStyle } from './text-style.ts';

/** A mode in words. */
export function modeText(mode: Mode): string {
  return mode === 'recursive-read' ? 'recursive read' : mode;
}

/** `(name){usage}-{outer:inner}`. */
export function classText(ref: ClassRef): string {
  const usage = ref.usage === '' ? '' : `{${printable(ref.usage)}}`;
  return `(${printable(ref.name)})${usage}-{${ref.waitOuter === 0 ? ref.waitInner : ref.waitOuter}:${ref.waitInner}}`;
}

/** Instance and class, without mode and place. */
export function instanceText(lock: LockRef): string {
  return lock.lock === '' ? classText(lock.class) : `${printable(lock.lock)} ${classText(lock.class)}`;
}

/** Instance, class, mode and the innermost place: one line. */
export function lockText(lock: LockRef, style: TextStyle): string {
  const mode = modeText(lock.mode) + (lock.trylock ? ' trylock' : '');
  return `${instanceText(lock)}, ${mode}, at: ${placeText(lock.site, style)}`;
}

/** The innermost frame of a site. */
export function placeText(site: Site, style: TextStyle): string {
  const frame = site.frames[0];
  return frame === undefined ? '(place not recorded)' : frameText(frame, style);
}

/** The opening of every report about an acquisition under another lock. */
export function wantAndHolding(task: string, want: LockRef, holding: LockRef, style: TextStyle): string[] {
  return [
    `${printable(task)} is trying to acquire lock:`,
    lockText(want, style),
    '',
    'but task is already holding lock:',
    lockText(holding, style),
  ];
}

/** All frames of a site, one a line. */
export function stackLines(site: Site, indent: number, style: TextStyle): string[] {
  const margin = ' '.repeat(indent);
  if (site.frames.length === 0) return [`${margin}(place not recorded)`];
  return site.frames.map((frame) => margin + frameText(frame, style));
}

/** The frames of a site that {@link placeText} leaves out, one a line. */
export function outerFrameLines(site: Site, indent: number, style: TextStyle): string[] {
  return site.frames.slice(1).map((frame) => ' '.repeat(indent) + frameText(frame, style));
}

/** A frame: made of its parts where they are known, else as it was recorded. */
export function frameText(frame: Frame, style: TextStyle): string {
  if (frame.file === undefined) return printable(frame.text);
  let place = relative(frame.file, style.root);
  if (frame.line !== undefined) place += `:${frame.line}`;
  if (frame.line !== undefined && frame.column !== undefined) place += `:${frame.column}`;
  return printable(frame.function === undefined || frame.function === '' ? place : `${frame.function} (${place})`);
}

function relative(file: string, root: string): string {
  const path = file.startsWith('file://') ? file.slice('file://'.length) : file;
  if (root === '') return path;
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
