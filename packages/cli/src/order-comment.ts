/**
 * A learned order in the form of the header comments of mm/filemap.c and mm/rmap.c: each class under the innermost that it is taken
 * under, and what else it is taken under not said; in parentheses where the inner lock was taken, or the run.
 */
import type { SavedDependency, SavedGraph } from '@lockdep/graph';
import { printable } from '@lockdep/report';

/** One class of the hierarchy. */
export interface CommentLine {
  readonly depth: number;
  readonly name: string;
  /** Where it was taken under the class above; empty where that is not known, or nothing is above. */
  readonly context: string;
}

/** The lines, outermost first. A dependency that closes a circle has no place. Cost: linear but for sorting. */
export function orderComment({ classes, dependencies }: SavedGraph): CommentLine[] {
  const rank = ranks(
    classes.map(({ name }) => name),
    dependencies,
  );
  const under = new Map<string, SavedDependency>();
  for (const dependency of dependencies) {
    if (rank.get(dependency.from)! >= rank.get(dependency.to)!) continue;
    const known = under.get(dependency.to);
    if (known === undefined || rank.get(known.from)! < rank.get(dependency.from)!) under.set(dependency.to, dependency);
  }
  const inner = new Map<string, string[]>();
  const outermost: string[] = [];
  for (const [name] of [...rank].sort(([a, i], [b, j]) => i - j || (a < b ? -1 : 1))) {
    const home = under.get(name);
    const siblings = home === undefined ? outermost : (inner.get(home.from) ?? []);
    siblings.push(name);
    if (home !== undefined) inner.set(home.from, siblings);
  }
  const lines: CommentLine[] = [];
  const visit = (name: string, depth: number): void => {
    lines.push({ depth, name, context: placeOf(under.get(name)) });
    for (const next of inner.get(name) ?? []) visit(next, depth + 1);
  };
  for (const name of outermost) if (isOrdered(name, inner, under)) visit(name, 0);
  return lines;
}

/** As it stands in a source file. */
export function commentText(lines: readonly CommentLine[]): string {
  const left = lines.map(({ depth, name }) => ` * ${'  '.repeat(depth)}->${printable(name)}`);
  const width = Math.max(0, ...left.map(({ length }) => length)) + 2;
  const text = lines.map(({ context }, at) =>
    context === '' ? left[at]! : `${left[at]!.padEnd(width)}(${printable(context)})`,
  );
  return ['/*', ' * Lock ordering:', ' *', ...text, ' */'].join('\n');
}

const isOrdered = (name: string, inner: ReadonlyMap<string, unknown>, under: ReadonlyMap<string, unknown>): boolean =>
  inner.has(name) || under.has(name);

/** `mm/rmap.ts:12` → `rmap.ts`, since lines change with every edit; the run where no place is known. */
function placeOf(dependency: SavedDependency | undefined): string {
  const place = dependency?.sightings.find(({ inner }) => inner !== '')?.inner;
  if (place === undefined) return dependency?.sightings[0]?.run ?? '';
  return place.replace(/(?::\d+)+$/, '').replace(/^.*\//, '');
}

/** The length of the longest way to each class; what leads back on a way that is being walked is left out. */
function ranks(names: readonly string[], dependencies: readonly SavedDependency[]): Map<string, number> {
  const outer = new Map<string, string[]>();
  for (const { from, to } of dependencies) {
    if (from === to) continue;
    const known = outer.get(to);
    if (known === undefined) outer.set(to, [from]);
    else known.push(from);
  }
  const rank = new Map<string, number>();
  const open = new Set<string>();
  const of = (name: string): number => {
    const known = rank.get(name);
    if (known !== undefined) return known;
    open.add(name);
    let deepest = -1;
    for (const from of outer.get(name) ?? []) if (!open.has(from)) deepest = Math.max(deepest, of(from));
    open.delete(name);
    rank.set(name, deepest + 1);
    return deepest + 1;
  };
  for (const name of names) of(name);
  return rank;
}
