/** Hand-made lock orders as `validator.graph()` gives them. */
import { DirectedGraph } from 'graphology';
import { site } from './example-reports.ts';

export interface EdgeOptions {
  readonly back?: boolean;
  readonly modes?: string;
}

/** A graph of the given dependencies, `[outer, inner, options]`; the place of each is named `outer_inner`. */
export function graphOf(
  edges: readonly (readonly [string, string, EdgeOptions?])[],
  alone: readonly string[] = [],
): DirectedGraph {
  const graph = new DirectedGraph();
  const node = (name: string): string => {
    const key = nodeKey(name);
    if (!graph.hasNode(key))
      graph.addNode(key, { id: graph.order, name, kind: 'mutex', subclass: 0, usage: '', rank: 0 });
    return key;
  };
  for (const name of alone) node(name);
  for (const [outer, inner, { back = false, modes = 'EN' } = {}] of edges) {
    const word = (name: string): string => name.replaceAll(/\W/g, '');
    graph.mergeDirectedEdge(node(outer), node(inner), {
      modes,
      distance: 1,
      back,
      task: 'main',
      outerSite: site(`lock_${word(outer)}+0x1/0x2`),
      innerSite: site(`${word(outer)}_${word(inner)}+0x1/0x2`),
    });
  }
  return graph;
}

/** graphology keeps neighbours in plain objects, so `constructor` and its like cannot be keys. */
function nodeKey(name: string): string {
  return name in {} ? `class ${name}` : name;
}

/** The order in the header comment of mm/filemap.c, without the class names of other headers. */
export const filemap: DirectedGraph = graphOf([
  ['i_mmap_rwsem', 'private_lock'],
  ['private_lock', 'swap_lock'],
  ['swap_lock', 'i_pages_lock'],
  ['i_rwsem', 'invalidate_lock'],
  ['invalidate_lock', 'i_mmap_rwsem'],
  ['mmap_lock', 'i_mmap_rwsem'],
  ['i_mmap_rwsem', 'page_table_lock'],
  ['page_table_lock', 'i_pages_lock'],
  ['mmap_lock', 'invalidate_lock'],
  ['invalidate_lock', 'lock_page'],
  ['i_rwsem', 'mmap_lock'],
  ['i_rwsem', 'i_mmap_rwsem'],
  ['page_table_lock', 'private_lock'],
  ['anon_vma.lock', 'page_table_lock'],
  ['wb.list_lock', 'i_pages_lock'],
]);
