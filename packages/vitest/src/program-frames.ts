/**
 * Reports without what differs between machines: frames of installed packages and of the test runner go (unless nothing would
 * be left), file names become relative to the root. Linear in the report.
 */
import type { Frame, Report, Site } from '@lockdep/core';
import type { TaskLocks } from '@lockdep/report';

const FOREIGN = /[\\/]node_modules[\\/]|^node:|[\\/]packages[\\/]vitest[\\/](?:src|dist)[\\/]/;

export function programFrames<T extends Report | readonly TaskLocks[]>(report: T, root: string): T {
  return strip(report, root) as T;
}

/** One place, likewise. */
export function ownSite({ frames }: Site, root: string): Site {
  return { frames: ownFrames(frames, root) };
}

function strip(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, root));
  if (typeof value !== 'object' || value === null) return value;
  if ('frames' in value && Array.isArray(value.frames)) return { frames: ownFrames(value.frames as Frame[], root) };
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, strip(field, root)]));
}

function ownFrames(frames: readonly Frame[], root: string): Frame[] {
  const own = frames.filter(({ file }) => file === undefined || !FOREIGN.test(file));
  return own.map((frame) => relativeFrame(frame, root));
}

function relativeFrame(frame: Frame, root: string): Frame {
  const file = frame.file?.replaceAll('\\', '/');
  const folder = `${root.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
  if (file === undefined || !file.startsWith(folder)) return frame;
  return { ...frame, file: file.slice(folder.length), text: frame.text.replaceAll('\\', '/').replace(folder, '') };
}
