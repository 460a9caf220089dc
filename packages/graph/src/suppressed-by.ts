/** Whether a suppression silences a finding. */
import type { Suppression } from './baseline.ts';
import { namesOf } from './class-name.ts';
import type { FindingFacts } from './finding-facts.ts';

export function suppressedBy(suppression: Suppression, { classes, places }: FindingFacts): boolean {
  if ('site' in suppression) {
    const pattern = placePattern(suppression.site);
    return [...places].some((place) => pattern.test(place));
  }
  // Exactly the two: a longer circle through both is another finding.
  const [a, b] = suppression.pair;
  return (
    classes.length > 0 &&
    [a, b].every((name) => classes.some((other) => namesOf(other).includes(name))) &&
    classes.every((name) => namesOf(name).some((other) => other === a || other === b))
  );
}

/** Matches the end of a path from a slash on, or a whole function name. */
function placePattern(site: string): RegExp {
  const parts = site
    .replace(/^\.?\//, '')
    .split(/(\*\*|\*|\?)/)
    .map((part) => {
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      return part === '?' ? '[^/]' : part.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
    });
  return new RegExp(`(?:^|/)${parts.join('')}$`);
}
