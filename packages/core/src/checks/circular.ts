/**
 * Circular dependency: does the wanted class already lead, along a strong path, to the held one?
 * (lockdep.c: check_noncircular, hlock_conflict.) The joint at the held lock counts too: it blocks if the lock is held
 * exclusively or the path ends in something other than a recursive reader.
 */
import type { Acquisition } from '../acquisition.ts';
import { surestCircle } from '../circles.ts';
import type { Engine } from '../engine.ts';
import { newHop, pathHops } from '../hop.ts';
import { isEvent, layerOf } from '../layer.ts';
import { MODE_MASK, RECURSIVE_READ, WRITE } from '../mode.ts';
import type { Layer } from '../report.ts';
import { eachStrongCircle } from '../strong-circles.ts';
import type { Found } from './check.ts';
import { reportRecursion } from './same-class.ts';

/** The edges that lead from the wanted class back to the one held at `index`; null when there is no circle. */
export function findCircle(engine: Engine, acquisition: Acquisition, index: number): number[] | null {
  const mayClose = engine.order.mayClose(acquisition.task.classOf(index), acquisition.classId);
  return mayClose ? shortestPath(engine, acquisition, index) : null;
}

function shortestPath(
  engine: Engine,
  { task, how, classId }: Acquisition,
  index: number,
  skip?: (node: number) => boolean,
): number[] | null {
  const { order } = engine;
  const from = task.classOf(index);
  const heldExclusively = (task.how(index) & MODE_MASK) === WRITE;
  return engine.paths.find(
    classId,
    (how & MODE_MASK) === RECURSIVE_READ,
    (node, onlyXr) => node === from && (heldExclusively || !onlyXr),
    { maxRank: Math.max(order.ranks.rank[from]!, order.highestBackSource()), ...(skip === undefined ? {} : { skip }) },
  );
}

/** Reports the circles closed by `edge`, the new dependency from the class held at `index`: the nearest one, and in the other layer another. */
export function reportCircles(
  engine: Engine,
  acquisition: Acquisition,
  index: number,
  edge: number,
  path: readonly number[],
  found: Found,
): void {
  reportCircle(engine, acquisition, index, edge, path, found);
  if (!engine.classes.hasEvents || engine.order.from[edge] === engine.order.to[edge]) return;
  const other = otherLayer(engine, acquisition, index, edge, layerOf(engine, [edge, ...path]));
  if (other !== null) reportCircle(engine, acquisition, index, edge, other, found);
}

/** The nearest circle through the edge that is of the layer the nearest of all is not. */
function otherLayer(
  engine: Engine,
  acquisition: Acquisition,
  index: number,
  edge: number,
  nearest: Layer,
): readonly number[] | null {
  if (nearest === 'event') return shortestPath(engine, acquisition, index, (node) => isEvent(engine, node));
  let through: readonly number[] | null = null;
  eachStrongCircle(engine.order, edge, (circle) => {
    if (layerOf(engine, circle) === 'event') through = circle.slice(1);
    return through !== null;
  });
  return through;
}

function reportCircle(
  engine: Engine,
  acquisition: Acquisition,
  index: number,
  edge: number,
  path: readonly number[],
  found: Found,
): void {
  const { task, lock, how, classId, site } = acquisition;
  const from = task.classOf(index);
  if (from === classId) {
    // A second lock of the class under the first, with something else in between, that the same-class rules let pass.
    reportRecursion(engine, acquisition, index, undefined, found);
    return;
  }
  const attempt = { ...acquisition, site: engine.siteFor(site) };
  const { circle, verdict } = surestCircle(engine, [edge, ...path]);
  const report = found({
    kind: 'circular',
    message: `${engine.classes.get(classId).name} is wanted under ${engine.classes.get(from).name}, which has been wanted under it`,
    want: engine.lockRef(lock, classId, how, attempt.site),
    holding: engine.heldRef(task, index),
    cycle: [newHop(engine, attempt, index), ...pathHops(engine, circle.slice(1), (how & MODE_MASK) === RECURSIVE_READ)],
    verdict,
    layer: layerOf(engine, circle),
  });
  if (report.kind === 'circular') engine.circles.add(report, circle);
}
