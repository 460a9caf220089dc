/** Which part of a graph to show: given classes and those next to them, and the classes a report speaks of. */
import type { ClassRef, Report } from '@lockdep/core';
import { baseName } from './hierarchy.ts';
import type { LockOrder, OrderEdge } from './lock-order.ts';

/** The display names of all classes a report names as participants of what it found, without what else was held. */
export function reportClasses(report: Report): string[] {
  return [...new Set(classRefs(report).map((ref) => ref.name))];
}

function classRefs(report: Report): ClassRef[] {
  switch (report.kind) {
    case 'recursive':
      return [report.holding.class, report.want.class];
    case 'circular':
      return [report.holding.class, report.want.class, ...report.cycle.flatMap((hop) => [hop.from, hop.to])];
    case 'irq-inversion':
      return [report.lock.class, report.other, ...report.path.flatMap((hop) => [hop.from, hop.to])];
    case 'irq-order':
      return [
        report.safe,
        report.unsafe,
        report.holding.class,
        report.want.class,
        ...report.path.flatMap((hop) => [hop.from, hop.to]),
      ];
    case 'invalid-wait-context':
      return report.limitedBy === null ? [report.want.class] : [report.limitedBy.class, report.want.class];
    case 'nest-not-held':
      return [report.want.class];
    case 'deadlock':
      return report.waits.map((wait) => wait.wants.class);
    case 'held-at-exit':
      return report.held.map((lock) => lock.class);
    case 'instance-order':
    case 'order-flip':
      return [report.holding.class, report.want.class];
    case 'interleaved-order':
      return [report.holding.class, report.between.class, report.want.class];
    case 'ww-api':
      return [];
    default:
      return report.lock === null ? [] : [report.lock.class];
  }
}

/** The positions of classes by display name, or by base name: `i_rwsem` finds `i_rwsem#2` and `i_rwsem/1`. */
export function findClasses(view: LockOrder, names: Iterable<string>): Set<number> {
  const wanted = new Set(names);
  const found = new Set<number>();
  for (const [position, { name }] of view.classes.entries()) {
    if (wanted.has(name) || wanted.has(baseName(name))) found.add(position);
  }
  return found;
}

/** The given classes and those next to them; of a class with more than `limit` neighbours only the most travelled ones. */
export function withNeighbours(
  view: LockOrder,
  centre: ReadonlySet<number>,
  limit: number = Number.POSITIVE_INFINITY,
): Set<number> {
  const incident = new Map<number, OrderEdge[]>([...centre].map((position) => [position, []]));
  for (const edge of [...view.edges, ...view.back]) {
    incident.get(edge.from)?.push(edge);
    incident.get(edge.to)?.push(edge);
  }
  const chosen = new Set(centre);
  for (const [position, edges] of incident) {
    const outside = edges.filter((edge) => !centre.has(edge.from === position ? edge.to : edge.from));
    const travelled = outside.toSorted(
      (a, b) => b.count - a.count || a.distance - b.distance || a.from - b.from || a.to - b.to,
    );
    for (const edge of travelled.slice(0, limit)) chosen.add(edge.from === position ? edge.to : edge.from);
  }
  return chosen;
}
