/** `lockdep docs`: documents from the simulated file systems and from recorded runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SavedDependency } from '@lockdep/graph';
import { afterAll, expect, test } from 'vitest';
import { commentText, orderComment } from '../src/order-comment.ts';
import { lockdep } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockdep-docs-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const trace = [
  { type: 'lockdep-trace', version: 1 },
  { lockdep: 'class', id: 1, name: 'outer' },
  { lockdep: 'class', id: 2, name: 'inner' },
  { lockdep: 'lock', id: 1, class: 1, label: 'outer' },
  { lockdep: 'lock', id: 2, class: 2, label: 'inner' },
  { lockdep: 'task', id: 1, name: 't' },
  ...[1, 2].map((lock) => ({ lockdep: 'acquire', task: 1, lock })),
  ...[2, 1].map((lock) => ({ lockdep: 'release', task: 1, lock })),
];
writeFileSync(at('a.ndjson'), `${trace.map((line) => JSON.stringify(line)).join('\n')}\n`);

test('of the simulation: contradictions first, then the table, then the order', { timeout: 60_000 }, async () => {
  const { status, out } = await lockdep('docs', '--fs', 'ext4');
  expect(status).toBe(1);
  const headings = [...out.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
  expect(headings).toEqual([
    'Contradictions with v5.15',
    'Locks held when operations are called',
    'Lock order',
    'Documented, not observed',
  ]);
  expect(out).toMatch(/^- `fault`, `invalidate_lock` taken inside: .*not held in \d+ calls \(first in /m);
  expect(out).toMatch(/^\| read_folio \| exclusive, unlocks \|/m);
  expect(out).toMatch(/^ \* +->mapping\.invalidate_lock/m);
});

test('of a recording, with and without a declared order, in three formats', async () => {
  const alone = await lockdep('docs', at('a.ndjson'));
  expect(alone).toMatchObject({ status: 0, err: '' });
  expect(alone.out).toContain(' * ->outer\n *   ->inner');
  writeFileSync(at('against.order'), 'inner < outer\n');
  const against = await lockdep('docs', at('a.ndjson'), '--order', at('against.order'), '--format', 'rst');
  expect(against.status).toBe(1);
  expect(against.out).toContain('* ``inner`` taken under ``outer``, against the documented order');
  writeFileSync(at('along.order'), 'outer < inner < innermost\n');
  const along = await lockdep('docs', at('a.ndjson'), '--order', at('along.order'));
  expect(along).toMatchObject({ status: 0 });
  expect(along.out).toContain('None.');
  expect(along.out).toContain('- `inner` < `innermost`');
  const json = JSON.parse((await lockdep('docs', at('a.ndjson'), '--json')).out) as { documents: object[] };
  expect(json.documents).toMatchObject([{ against: null, operations: [], cells: [], order: null }]);
});

test.each([
  [['--order', 'x.order'], 'docs: --order without files'],
  [['--fs', 'ext5'], '--fs ext5: use one of ext2, ext4, xfs, ceph, all'],
  [['--profile', 'lattest'], '(did you mean latest?)'],
])('%j is refused', async (args, message) => {
  const { status, err } = await lockdep('docs', ...args);
  expect(status).toBe(2);
  expect(err).toContain(message);
});

test('each class stands once, under the innermost that it is taken under; circles do not hang', () => {
  const edge = (from: string, to: string): SavedDependency => ({
    from,
    to,
    strengths: ['EN'],
    distance: 1,
    sightings: [],
  });
  const names = ['a', 'b', 'c', 'alone'];
  const classes = names.map((name) => ({ name }) as never);
  const graph = { format: 'lockdep-graph', version: 1, runs: [], classes } as const;
  const lines = orderComment({ ...graph, dependencies: [edge('a', 'b'), edge('a', 'c'), edge('b', 'c')] });
  expect(commentText(lines)).toBe('/*\n * Lock ordering:\n *\n * ->a\n *   ->b\n *     ->c\n */');
  const circle = orderComment({ ...graph, dependencies: [edge('a', 'b'), edge('b', 'a')] });
  expect(circle.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
});
