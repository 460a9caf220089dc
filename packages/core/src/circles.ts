/**
 * The circles reported that may yet prove surer: when a dependency is seen in new circumstances, a guard turns out to be one of
 * several locks, or a class gets its first writer, they are judged again, and so are the other circles through the dependency that
 * closed them. What was seen only raises a verdict; what was proved yields to a stronger proof alone.
 */
import type { Engine } from './engine.ts';
import { layerOf } from './layer.ts';
import type { CircularReport, Layer, Level, Verdict, VerdictKind } from './report.ts';
import { eachStrongCircle } from './strong-circles.ts';
import { judge } from './verdict.ts';

const LAYERS: readonly Layer[] = ['order', 'event'];

/** Every verdict, the least sure first. */
export const VERDICTS: readonly VerdictKind[] = [
  'refuted',
  'readers-only',
  'scoped',
  'ordered',
  'gated',
  'too-few-tasks',
  'single-task',
  'possible',
  'unconfirmed',
  'predicted',
  'confirmed',
];

/**
 * How loud a verdict is. One task that shows both orders is worth a warning: any task may run its code. With events among them it
 * takes one step more for each.
 */
export function levelOf(verdict: VerdictKind, layer: Layer): Level {
  const sureness = VERDICTS.indexOf(verdict);
  if (sureness >= VERDICTS.indexOf(layer === 'order' ? 'predicted' : 'confirmed')) return 'error';
  return sureness >= VERDICTS.indexOf(layer === 'order' ? 'single-task' : 'possible') ? 'warning' : 'note';
}

/** Is the first surer than the second? */
export const isSurer = (verdict: VerdictKind, other: VerdictKind): boolean =>
  VERDICTS.indexOf(verdict) > VERDICTS.indexOf(other);

/** Does it come from a search for schedules, and not from what was seen? */
export const isProved = (verdict: VerdictKind): boolean =>
  verdict === 'refuted' || VERDICTS.indexOf(verdict) > VERDICTS.indexOf('possible');

/**
 * May a proof take the place of a verdict? A deadlock outdoes all that is less sure. That no schedule leads there outdoes all that is
 * only inferred; it leaves what has happened. A search that ended too early says nothing but of what is possible anyway.
 */
export function yieldsTo(verdict: VerdictKind, proof: VerdictKind): boolean {
  if (proof === 'refuted') return !isSurer(verdict, 'unconfirmed');
  if (proof === 'unconfirmed') return verdict === 'possible';
  return isSurer(proof, verdict);
}

/** Is it loud enough that no surer circle need be looked for? */
export const isPossible = (verdict: VerdictKind): boolean => VERDICTS.indexOf(verdict) >= VERDICTS.indexOf('possible');

/** Of all circles of a layer through a dependency, the nearest that is possible; else the one that was given, with its own verdict. */
export function surestCircle(
  engine: Engine,
  circle: readonly number[],
): { circle: readonly number[]; verdict: Verdict } {
  const first = { circle, verdict: judge(engine, circle) };
  if (!engine.exact || isPossible(first.verdict.kind)) return first;
  const layer = layerOf(engine, circle);
  let best = first;
  eachStrongCircle(engine.order, circle[0]!, (other) => {
    if (layerOf(engine, other) !== layer) return false;
    const verdict = judge(engine, other);
    if (isSurer(verdict.kind, best.verdict.kind)) best = { circle: other, verdict };
    return isPossible(verdict.kind);
  });
  return best;
}

/** A circle reported, by the dependency that closed it. */
interface Open {
  readonly report: CircularReport;
  readonly circle: readonly number[];
}

export class Circles {
  /** Reports whose verdict is still milder than possible, by closing edge, for each layer. */
  readonly #open: Readonly<Record<Layer, Map<number, Open>>> = { order: new Map(), event: new Map() };

  add(report: CircularReport, circle: readonly number[]): void {
    if (!isPossible(report.verdict.kind)) this.#open[report.layer].set(circle[0]!, { report, circle });
  }

  /** A dependency was seen in new circumstances, or a guard is one of several locks now, or a class has its first writer. */
  judgeAgain(engine: Engine): void {
    for (const layer of LAYERS) if (this.#open[layer].size > 0) this.#judgeLayer(engine, this.#open[layer]);
  }

  #judgeLayer(engine: Engine, layer: Map<number, Open>): void {
    for (const [edge, open] of layer) {
      const { circle, verdict } = surestCircle(engine, open.circle);
      if (!isSurer(verdict.kind, open.report.verdict.kind)) continue;
      const report = engine.raise(open.report, circle, verdict);
      if (isPossible(verdict.kind)) layer.delete(edge);
      else layer.set(edge, { report, circle });
    }
  }

  /** The edges are gone, with their classes: those verdicts stay as they are. */
  forget(edges: Iterable<number>): void {
    const gone = new Set(edges);
    for (const layer of LAYERS) {
      const open = this.#open[layer];
      for (const [edge, { circle }] of open) if (circle.some((part) => gone.has(part))) open.delete(edge);
    }
  }
}
