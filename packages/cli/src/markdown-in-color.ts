/** A page of Markdown on a terminal: headings bold, code dim; the text stays what it is. */
import { styleText } from 'node:util';

export function markdownInColor(text: string): string {
  const paint = (style: Parameters<typeof styleText>[0], line: string): string =>
    styleText(style, line, { validateStream: false });
  let isCode = false;
  const lines = text.split('\n').map((line) => {
    if (line.startsWith('```')) {
      isCode = !isCode;
      return paint('dim', line);
    }
    if (isCode) return paint('cyan', line);
    return /^#+ /.test(line) ? paint('bold', line) : line;
  });
  return lines.join('\n');
}
