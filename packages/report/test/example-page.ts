/** A page with everything on it: thirty classes, reports of many kinds, statistics, held locks, a schedule. */
import type { LockStat } from '@lockdep/core';
import type { HtmlInput } from '@lockdep/report';
import type { DirectedGraph } from 'graphology';
import { type EdgeOptions, graphOf } from './example-graphs.ts';
import { circular, classRef, examples, jsSite, lockRef } from './example-reports.ts';

/** A layered order of that many classes, five a layer, each nested in two or three of the layer above. */
export function layered(count: number): DirectedGraph {
  const name = (index: number): string => `&layer${Math.floor(index / 5)}->lock_${index}`;
  const edges: [string, string, EdgeOptions?][] = [];
  for (let index = 5; index < count; index++) {
    const above = Math.floor(index / 5) * 5 - 5;
    for (const step of [0, 2, 4].slice(0, 2 + (index % 2)))
      edges.push([name(above + ((index + step) % 5)), name(index)]);
  }
  return graphOf(edges, [name(0)]);
}

const durations = (count: number, total: number) => ({
  count,
  min: 0.5,
  max: total / 3,
  total,
  buckets: count === 0 ? [] : [0, 0, 0, Math.ceil(count / 8), 0, Math.ceil(count / 2), Math.floor(count / 3)],
});

const statistics: LockStat[] = Array.from({ length: 30 }, (_, index) => ({
  name: `&layer${Math.floor(index / 5)}->lock_${index}`,
  mode: index % 4 === 0 ? 'read' : 'write',
  wait: durations(index % 3, (index % 3) * 417.5),
  hold: durations(100 * index, index * index * 33.25),
  acquisitions: 100 * index,
  contendedAt: index % 3 === 0 ? [] : [{ place: `waiter_${index}+0x1/0x2`, count: index % 3 }],
  contendingAt: [],
}));

/** The input. */
export function examplePage(): HtmlInput {
  const graph = layered(30);
  graph.addDirectedEdge('&layer3->lock_15', '&layer1->lock_5', {
    modes: 'EN,SR',
    distance: 1,
    back: true,
    task: 'writeback',
  });
  const inversion = circular(['&layer3->lock_15', '&layer1->lock_5', '&layer2->lock_12']);
  const [first, ...rest] = inversion.cycle;
  const inCode = { ...first!, innerSite: jsSite('writePages', 'writeback.ts', 3) };
  return {
    title: 'Lock order of the example',
    graph,
    reports: [
      { ...inversion, cycle: [inCode, ...rest] },
      examples['deadlock']!,
      examples['irq-order']!,
      examples['assertion']!,
      examples['order-flip']!,
    ],
    statistics,
    heldLocks: [
      {
        task: 'reader',
        held: [lockRef('inode 12', classRef('&b->lock', 'rwsem'), 'read', jsSite('readInode', 'inode.ts', 40))],
      },
      {
        task: 'writer',
        held: [],
        waitsFor: lockRef('inode 12', classRef('&b->lock', 'rwsem'), 'write', jsSite('writeInode', 'inode.ts', 60)),
      },
      { task: 'idle', held: [] },
    ],
    schedules: [
      {
        title: 'the deadlock',
        message: "one waits at 'lock b' (held by two); two waits at 'lock a' (held by one)",
        schedule: [
          ['one', 'lock a'],
          ['two', 'rdlock c', 'lock b'],
        ],
        waits: [
          { task: 'one', wants: 'lock b', heldBy: ['two'] },
          { task: 'two', wants: 'lock a', heldBy: ['one'] },
        ],
        literal: "[\n  ['one', 'lock a'],\n  ['two', 'rdlock c', 'lock b'],\n]",
        sites: ['one (/project/src/writeback.ts:2:9)', null, null],
      },
    ],
    root: '/project',
    readSource: (file) =>
      file.endsWith('writeback.ts')
        ? 'async function writePages(inode) {\n  await inode.pages.acquire();\n  await inode.lock.acquire(); // the <other> way round\n}\n'
        : undefined,
  };
}
