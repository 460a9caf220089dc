/** A report as tests show it: the kernel's layout, then the source around every acquisition of the story. */
import { resolve } from 'node:path';
import type { Frame, Hop, Report, Site } from '@lockdep/core';
import { renderText } from '@lockdep/report';
import { codeFrame } from './code-frame.ts';
import { programFrames } from './program-frames.ts';

export function reportText(report: Report, root: string): string {
  const shown = programFrames(report, root);
  return [renderText(shown, { root }).trim(), ...codeFrames(shown, root)].join('\n');
}

/** The frames of the place where the report was made, as a stack that vitest links and draws code for. */
export function reportStack(report: Report, root: string): string {
  const { frames } = programFrames(report, root).site;
  return frames.map((frame) => `    at ${stackFrame(frame, root)}`).join('\n');
}

function stackFrame({ function: name, file, line, column, text }: Frame, root: string): string {
  if (file === undefined) return text;
  const place = `${resolve(root, file)}:${line}:${column}`;
  return name === undefined ? place : `${name} (${place})`;
}

function codeFrames(report: Report, root: string): string[] {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const { title, site } of places(report)) {
    const frame = site.frames[0];
    if (frame === undefined || seen.has(frame.text)) continue;
    const code = codeFrame(frame, root);
    if (code.length === 0) continue;
    seen.add(frame.text);
    lines.push('', `${title}, ${frame.file}:${frame.line}`, ...code);
  }
  return lines;
}

function places(report: Report): { title: string; site: Site }[] {
  const hops: readonly Hop[] = 'cycle' in report ? report.cycle : 'path' in report ? report.path : [];
  const found = hops.flatMap(({ from, to, outerSite, innerSite }) => [
    { title: `${from.name} taken`, site: outerSite },
    { title: `${to.name} wanted under ${from.name}`, site: innerSite },
  ]);
  if ('holding' in report) found.push({ title: `${report.holding.class.name} taken`, site: report.holding.site });
  if ('waits' in report) {
    for (const { wants, task } of report.waits)
      found.push({ title: `${task} waits for ${wants.class.name}`, site: wants.site });
  }
  return found;
}
