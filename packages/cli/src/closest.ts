/** "Did you mean": the known word nearest to what was typed. */

/** The nearest word within a third of its length in edits (Levenshtein, exchanged neighbours counted once), or one that it begins. */
export function closest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  const typed = word.toLowerCase();
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    const begins = typed.length > 1 && other.startsWith(typed) ? 1 : Number.POSITIVE_INFINITY;
    const away = Math.min(begins, edits(typed, other));
    if (away > Math.max(1, Math.floor(Math.max(typed.length, other.length) / 3)) || away >= least) continue;
    [best, least] = [candidate, away];
  }
  return best;
}

/** ` (did you mean X?)`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = closest(word, known);
  return near === null ? '' : ` (did you mean ${near}?)`;
}

function edits(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
