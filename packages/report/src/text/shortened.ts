/** A name that is too long for its place, cut in the middle: classes of one structure differ at their ends. */

/** The text, of at most `limit` characters. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = [...text];
  if (characters.length <= limit) return text;
  const head = Math.floor((limit - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(head + 1 - limit).join('')}`;
}
