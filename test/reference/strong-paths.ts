/**
 * Strong paths by exhaustive search: every simple path over every typed dependency. Exponential, and right by inspection.
 */

/** One dependency as it was once seen: `to` was wanted while `from` was held. */
export interface Dependency {
  readonly from: string;
  readonly to: string;
  readonly heldShared: boolean;
  readonly wantRecursive: boolean;
}

/** Readers never block a recursive reader; every other joint can wait. */
export const blocks = (wantRecursive: boolean, heldShared: boolean): boolean => !(wantRecursive && heldShared);

/** A class at an end of a strong path, and the kind of the path's last step there. */
export interface End {
  readonly at: string;
  /** Forwards: it was wanted by a recursive reader. Backwards: it was held shared. */
  readonly weak: boolean;
}

/** Every class that strong paths from `start` lead to, `start` itself included; `skip` classes are as if they were not there. */
export function endsAhead(
  dependencies: readonly Dependency[],
  start: End,
  skip: (name: string) => boolean = () => false,
): End[] {
  const ends: End[] = [];
  const walk = (at: string, weak: boolean, path: readonly string[]): void => {
    if (skip(at)) return;
    ends.push({ at, weak });
    for (const { from, to, heldShared, wantRecursive } of dependencies) {
      if (from === at && blocks(weak, heldShared) && !path.includes(to)) walk(to, wantRecursive, [...path, to]);
    }
  };
  walk(start.at, start.weak, [start.at]);
  return ends;
}

/** The same against the direction of the dependencies. */
export function endsBehind(
  dependencies: readonly Dependency[],
  start: End,
  skip: (name: string) => boolean = () => false,
): End[] {
  const turned = dependencies.map(({ from, to, heldShared, wantRecursive }) => ({
    from: to,
    to: from,
    heldShared: wantRecursive,
    wantRecursive: heldShared,
  }));
  return endsAhead(turned, start, skip);
}

/** Is this dependency part of a circle every joint of which blocks? */
export function closesCircle(dependencies: readonly Dependency[], added: Dependency): boolean {
  return endsAhead(dependencies, { at: added.to, weak: added.wantRecursive }).some(
    ({ at, weak }) => at === added.from && blocks(weak, added.heldShared),
  );
}
