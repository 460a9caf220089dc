/** What a new dependency costs: the bare graph that keeps the order, and the whole way through a validator, without sites. */
import { LockKey, Validator, type ValidatorMode } from '@lockdep/core';
import { OrderGraph } from '../../packages/core/src/order-graph.ts';
import { bytesKept, cpuNanoseconds, median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

type Edge = readonly [from: number, to: number];

const ROUNDS = 9;
const WARM_UP = 12;

/** A small generator, so that every run measures the same graphs. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Edges without a circle, in random order: between any two nodes, or from one of 20 layers to the next. */
function edgesOf(kind: 'random' | 'layered', nodes: number, count: number): Edge[] {
  const random = randomNumbers(nodes + count);
  const place = Array.from({ length: nodes }, (_, at) => at).sort(() => random() - 0.5);
  const layer = Math.ceil(nodes / 20);
  const edges = new Map<number, Edge>();
  while (edges.size < count) {
    const a = Math.floor(random() * nodes);
    const reach = kind === 'random' ? nodes : layer;
    const first = kind === 'random' ? 0 : (Math.floor(a / layer) + 1) * layer;
    const b = first + Math.floor(random() * reach);
    if (b >= nodes || a === b) continue;
    const [from, to] = a < b ? [a, b] : [b, a];
    edges.set(from * nodes + to, [place[from]!, place[to]!]);
  }
  return [...edges.values()].sort(() => random() - 0.5);
}

function addAll(graph: OrderGraph, edges: readonly Edge[]): OrderGraph {
  for (const [from, to] of edges) graph.add(from, to, 8, 1);
  return graph;
}

interface Warmed {
  readonly validator: Validator;
  /** One pass over all pairs: take both locks, let go of both. */
  readonly pass: () => void;
}

/** A validator that knows every class and no dependency. */
function warmed(nodes: number, edges: readonly Edge[], mode: ValidatorMode): Warmed {
  const validator = new Validator({ sites: false, mode });
  const task = validator.task('bench');
  const locks = Array.from({ length: nodes }, (_, at) => validator.lock(new LockKey({ name: `lock ${at}` })));
  for (const lock of locks) {
    validator.acquire(task, lock);
    validator.release(task, lock);
  }
  const pass = (): void => {
    for (const [from, to] of edges) {
      validator.acquire(task, locks[from]!);
      validator.acquire(task, locks[to]!);
      validator.release(task, locks[to]!);
      validator.release(task, locks[from]!);
    }
  };
  return { validator, pass };
}

/** What a pass costs more when every dependency in it is new than when all are known. */
function newDependencies(nodes: number, edges: readonly Edge[], mode: ValidatorMode): number {
  const { pass } = warmed(nodes, edges, mode);
  const first = cpuNanoseconds(pass);
  return first - cpuNanoseconds(pass);
}

function measure(kind: 'random' | 'layered', nodes: number, count: number): Row[] {
  const edges = edgesOf(kind, nodes, count);
  const name = `${kind}, ${nodes.toLocaleString('en')} classes, ${count.toLocaleString('en')} dependencies`;
  const [set, graph, validator, kernel]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    // A baseline that every machine has: putting the pairs into a Set.
    const times = [
      cpuNanoseconds(() => void new Set(edges.map(([from, to]) => from * nodes + to))),
      cpuNanoseconds(() => void addAll(new OrderGraph(), edges)),
      newDependencies(nodes, edges, 'ideal'),
      newDependencies(nodes, edges, 'kernel'),
    ] as const;
    if (round < WARM_UP) continue;
    for (const [at, all] of [set, graph, validator, kernel].entries()) all.push(times[at]! / count);
  }
  const graphBytes = bytesKept(
    () => new OrderGraph(),
    (graph) => addAll(graph, edges),
  );
  const validatorBytes = bytesKept(
    () => warmed(nodes, edges, 'ideal'),
    ({ validator, pass }) => {
      pass();
      return validator;
    },
  );
  const { dependencies } = validatorBytes.kept.stats();
  if (graphBytes.kept.edgeCount !== count || dependencies !== count || validatorBytes.kept.reports.length > 0) {
    throw new Error(`${name}: learned ${dependencies}, reported ${validatorBytes.kept.reports.length}`);
  }
  const row = (what: string, times: readonly number[]): Row => ({
    section: 'new dependency',
    name: `${what}, ${name}`,
    value: median(times),
    best: Math.min(...times),
    unit: 'ns each',
    ratio: median(times) / median(set),
    against: 'putting the pair into a Set',
  });
  const bytes = (what: string, value: number): Row => ({
    section: 'new dependency',
    name: `${what}, ${name}`,
    value: value / count,
    unit: 'bytes each',
  });
  return [
    row('order graph', graph),
    row('validator, added', validator),
    row('without verdicts (kernel mode), added', kernel),
    bytes('order graph', graphBytes.bytes),
    bytes('validator', validatorBytes.bytes),
  ];
}

if (import.meta.main) {
  giveRows([
    ...measure('random', 1_000, 10_000),
    ...measure('layered', 1_000, 10_000),
    ...measure('random', 5_000, 30_000),
    ...measure('layered', 5_000, 30_000),
  ]);
}
