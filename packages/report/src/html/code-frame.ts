/** The lines of source around a place, numbered, the place marked with `>` and a caret. */

const AROUND = 2;
/** Longer lines (bundles) are cut: the frame is to be read, not to be complete. */
const WIDTH = 160;

/** The frame as text; null when the source has no such line (it changed since). */
export function codeFrame(source: string, line: number, column?: number): string | null {
  const all = source.replace(/\r?\n$/, '').split(/\r?\n/);
  if (line < 1 || line > all.length) return null;
  const first = Math.max(1, line - AROUND);
  const shown = all.slice(first - 1, line + AROUND).map((text) => text.replaceAll('\t', ' ').slice(0, WIDTH));
  const digits = String(first + shown.length - 1).length;
  return shown
    .flatMap((text, index) => {
      const number = first + index;
      const row = `${number === line ? '>' : ' '} ${String(number).padStart(digits)} | ${text}`.trimEnd();
      const isMarked = number === line && column !== undefined && column >= 1 && column <= WIDTH;
      return isMarked ? [row, `${' '.repeat(digits + 3)}| ${' '.repeat(column - 1)}^`] : [row];
    })
    .join('\n');
}
