/**
 * How sure a report of a circular order is, and why: can the circle be realised with what has been seen?
 *
 * A deadlock needs one witness per dependency of the circle such that all tasks are different, no two hold a common lock in modes that
 * exclude each other (a gate), none is over before another begins (fork and join), the instances can meet, and each waits for a
 * class that somebody writes. If there is such a choice the verdict is `possible`; if not, the reason is the condition that rules all choices out.
 */
import type { Engine } from './engine.ts';
import { UNPUBLISHED } from './lock.ts';
import type { Verdict } from './report.ts';
import { USED } from './usage.ts';
import { commonGuard, type EdgeWitnesses, ordered, type Witness } from './witness.ts';

/** One place of a circle: the witness chosen, and whether any task may stand there. */
interface Place {
  readonly witness: Witness;
  readonly anyTask: boolean;
}

interface Conditions {
  readonly writers: boolean;
  readonly tasks: boolean;
  readonly gates: boolean;
  readonly clocks: boolean;
  readonly scopes: boolean;
}

const ALL: Conditions = { writers: true, tasks: true, gates: true, clocks: true, scopes: true };
/** Choices tried before giving the benefit of the doubt to the report. */
const MOST_CHOICES = 20_000;

/** Judges a circle given by its edges, in order. */
export function judge(engine: Engine, circle: readonly number[]): Verdict {
  if (!engine.exact) return { kind: 'possible', reason: 'kernel mode does not ask under which circumstances' };
  const unwritten = circle.map((edge) => engine.order.to[edge]!).find((wanted) => !written(engine, wanted));
  const edges = circle.map((edge) => arcOf(engine, edge));
  if (edges.some((edge) => edge.seen.length === 0))
    return { kind: 'possible', reason: 'part of the circle is declared or was learned in another run' };
  if (realisable(edges, ALL)) return { kind: 'possible', reason: 'tasks that have shown these orders can meet' };
  if (unwritten !== undefined) {
    return {
      kind: 'readers-only',
      reason: `${engine.classes.get(unwritten).name} has only ever been read: no writer makes its readers wait`,
    };
  }
  if (realisable(edges, { ...ALL, gates: false })) return { kind: 'gated', reason: gateReason(engine, edges) };
  if (realisable(edges, { ...ALL, scopes: false })) {
    return { kind: 'scoped', reason: scopeReason(edges) };
  }
  if (realisable(edges, { ...ALL, clocks: false })) {
    return { kind: 'ordered', reason: 'by fork and join, one of the tasks is over before another begins' };
  }
  const tasks = new Set(edges.flatMap((edge) => edge.seen.map((witness) => witness.task)));
  if (tasks.size === 1) return { kind: 'single-task', reason: 'only one task has ever shown all these orders' };
  if (!realisable(edges, { ...ALL, gates: false, tasks: false }) || realisable(edges, { ...ALL, tasks: false })) {
    return {
      kind: 'too-few-tasks',
      reason: `the circle needs ${circle.length} tasks at once; fewer have shown its orders`,
    };
  }
  return { kind: 'gated', reason: gateReason(engine, edges) };
}

/** Has anybody ever taken the class for writing? */
function written(engine: Engine, classId: number): boolean {
  return (engine.classes.usage[classId]! & (1 << USED)) !== 0;
}

/** An edge of the circle with its witnesses. */
interface Arc extends EdgeWitnesses {
  /** The class its outer end is. */
  readonly from: number;
  /** Whether anybody ever writes the class of its inner end; if not, nobody waits there. */
  readonly written: boolean;
}

/** A class guards only while it is a single lock: of several, two tasks may hold different ones. */
function arcOf(engine: Engine, edge: number): Arc {
  const single = (guard: number): boolean => {
    const key = engine.classes.classes[guard]?.key;
    return key !== undefined && engine.classes.entry(key).instances === 1;
  };
  const { seen, saturated } = engine.evidence.witnesses(edge);
  const real = seen.map((witness) => ({
    ...witness,
    exclusive: witness.exclusive.filter(single),
    shared: witness.shared.filter(single),
  }));
  return { from: engine.order.from[edge]!, written: written(engine, engine.order.to[edge]!), seen: real, saturated };
}

/**
 * Is there a choice of witnesses that fulfils the conditions? One task may stand for several edges in a row: it held the outer
 * lock of the first while it took the inner one of the last.
 */
function realisable(arcs: readonly Arc[], conditions: Conditions): boolean {
  let budget = MOST_CHOICES;
  const chosen: Place[] = [];
  const choose = (circle: readonly Arc[], at: number): boolean => {
    if (at === circle.length) return chosen.length > 1 && (!conditions.scopes || scopesMeet(chosen));
    for (let last = at; last < circle.length; last++) {
      const { seen, saturated, written: waits } = circle[last]!;
      if (conditions.writers && !waits) continue;
      for (const witness of seen) {
        if (budget-- <= 0) return true;
        if (last > at && !witness.held.includes(circle[at]!.from)) continue;
        if (conditions.scopes && unreachable(witness, last > at)) continue;
        const place = { witness, anyTask: saturated };
        if (!chosen.every((other) => compatible(other, place, conditions))) continue;
        chosen.push(place);
        if (choose(circle, last + 1)) return true;
        chosen.pop();
      }
    }
    return false;
  };
  return arcs.some((_, start) => choose([...arcs.slice(start), ...arcs.slice(0, start)], 0));
}

function compatible(a: Place, b: Place, { tasks, gates, clocks }: Conditions): boolean {
  if (gates && commonGuard(a.witness, b.witness) >= 0) return false;
  if (a.anyTask || b.anyTask) return true;
  if (tasks && a.witness.task === b.witness.task) return false;
  return !clocks || a.witness.task === b.witness.task || !ordered(a.witness, b.witness);
}

/** Nobody waits for a lock, or with one, that no other task can reach. `inherited`: the lock that others want is not the edge's own outer one. */
function unreachable(witness: Witness, inherited: boolean): boolean {
  return witness.innerScope === UNPUBLISHED || (!inherited && witness.outerScope === UNPUBLISHED);
}

function scopeReason(edges: readonly Arc[]): string {
  const hidden = edges.some(({ seen }) => seen.every((witness) => unreachable(witness, false)));
  if (hidden) return 'one of these orders was seen only before its object was published: no other task could reach it';
  return 'the instances seen belong to different scopes: they never meet';
}

/** What one task wants must be what the next one holds. */
function scopesMeet(chosen: readonly Place[]): boolean {
  return chosen.every(({ witness }, at) => {
    const next = chosen[(at + 1) % chosen.length]!.witness;
    return witness.innerScope === null || next.outerScope === null || witness.innerScope === next.outerScope;
  });
}

function gateReason(engine: Engine, edges: readonly Arc[]): string {
  const guards = new Set<string>();
  for (const [at, edge] of edges.entries()) {
    for (const other of edges.slice(at + 1)) {
      for (const a of edge.seen) {
        for (const b of other.seen) {
          const guard = commonGuard(a, b);
          if (guard >= 0) guards.add(engine.classes.get(guard).name);
        }
      }
    }
  }
  return `always under ${[...guards].sort().join(' or ')}, which keeps the tasks apart`;
}
