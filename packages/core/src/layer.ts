/**
 * The two layers of circles: of locks alone, and with events among them (completions, promises with a claim).
 *
 * That a task holds a lock is certain; that it is the one who lets an event happen is a claim. So what leads through events
 * never stands in for what leads through locks alone, is judged apart, and weighs less. (Linux took its first attempt, cross-release,
 * out again because its reports drowned lockdep's: commit e966eaeeb623.)
 */
import { EVENT } from './class-table.ts';
import type { Engine } from './engine.ts';
import type { Layer } from './report.ts';

/** Is the class one of events? */
export const isEvent = (engine: Engine, classId: number): boolean => engine.classes.type[classId] === EVENT;

/** The layer of a circle given by its edges. */
export function layerOf(engine: Engine, circle: readonly number[]): Layer {
  if (!engine.classes.hasEvents) return 'order';
  return circle.some((edge) => isEvent(engine, engine.order.from[edge]!)) ? 'event' : 'order';
}
