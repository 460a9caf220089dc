/** What a new dependency costs: the bare graph that keeps the order, and the whole way through a validator, without sites. */
import { LockKey, Validator } from '@lockdep/core';
import { OrderGraph } from '../../packages/core/src/order-graph.ts';
import { bytesKept, interleaved, type Row } from './measure.ts';
import { giveRows } from './section.ts';

type Edge = readonly [from: number, to: number];

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

function bare(edges: readonly Edge[]): OrderGraph {
  const graph = new OrderGraph();
  for (const [from, to] of edges) graph.add(from, to, 8, 1);
  return graph;
}

function throughValidator(nodes: number, edges: readonly Edge[]): Validator {
  const validator = new Validator({ sites: false });
  const task = validator.task('bench');
  const locks = Array.from({ length: nodes }, (_, at) => validator.lock(new LockKey({ name: `lock ${at}` })));
  for (const [from, to] of edges) {
    validator.acquire(task, locks[from]!);
    validator.acquire(task, locks[to]!);
    validator.release(task, locks[to]!);
    validator.release(task, locks[from]!);
  }
  return validator;
}

function measure(kind: 'random' | 'layered', nodes: number, count: number): Row[] {
  const edges = edgesOf(kind, nodes, count);
  const name = `${kind}, ${nodes.toLocaleString('en')} classes, ${count.toLocaleString('en')} dependencies`;
  // A baseline that every machine has: putting the pairs into a Set.
  const times = interleaved(
    {
      set: () => void new Set(edges.map(([from, to]) => from * nodes + to)),
      bare: () => void bare(edges),
      validator: () => void throughValidator(nodes, edges),
    },
    { rounds: 7, warmUp: 2 },
  );
  const graph = bytesKept(() => bare(edges));
  const validator = bytesKept(() => throughValidator(nodes, edges));
  const learned = validator.kept.stats();
  if (graph.kept.edgeCount !== count || learned.dependencies !== count || validator.kept.reports.length > 0) {
    throw new Error(`${name}: learned ${learned.dependencies}, reported ${validator.kept.reports.length}`);
  }
  const section = 'new dependency';
  const against = 'putting the pair into a Set';
  return [
    {
      section,
      name: `order graph, ${name}`,
      value: times.bare.median / count,
      unit: 'ns each',
      ratio: times.bare.median / times.set.median,
      against,
    },
    {
      section,
      name: `validator, ${name}`,
      value: times.validator.median / count,
      unit: 'ns each',
      ratio: times.validator.median / times.set.median,
      against,
    },
    { section, name: `order graph, ${name}`, value: graph.bytes / count, unit: 'bytes each' },
    { section, name: `validator, ${name}`, value: validator.bytes / count, unit: 'bytes each' },
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
