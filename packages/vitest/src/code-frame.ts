/** A few lines of source around a place, with the place marked. Reads the file each time: only failing tests ask. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Frame } from '@lockdep/core';

/** Nothing when the file cannot be read. */
export function codeFrame({ file, line, column }: Frame, root: string, around = 1): string[] {
  if (file === undefined || line === undefined) return [];
  const lines = sourceLines(resolve(root, file));
  if (line > lines.length) return [];
  const first = Math.max(1, line - around);
  const last = Math.min(lines.length, line + around);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    const mark = number === line ? '>' : ' ';
    shown.push(`${mark} ${String(number).padStart(width)} | ${lines[number - 1]}`.trimEnd());
    if (number === line && column !== undefined) {
      shown.push(`  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`);
    }
  }
  return shown;
}

function sourceLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
