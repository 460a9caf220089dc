/** Which classes lie on circles: the strongly connected components of a validator's order, found by Tarjan's algorithm without recursion. */
import type { Validator } from '@lockdep/core';

/** The component number of every class id; two classes share one exactly when each leads to the other. Linear. */
export function strongComponents({ engine: { order, classes } }: Validator): Int32Array {
  const count = classes.classes.length;
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const component = new Int32Array(count).fill(-1);
  const next = new Int32Array(count).map((_, node) => (node < order.firstOut.length ? order.firstOut[node]! : -1));
  const open: number[] = [];
  let visited = 0;
  let components = 0;
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const node = path.at(-1)!;
      if (index[node] === -1) {
        index[node] = low[node] = visited++;
        open.push(node);
      }
      const edge = next[node]!;
      if (edge >= 0) {
        next[node] = order.nextOut[edge]!;
        const child = order.to[edge]!;
        if (index[child] === -1) path.push(child);
        else if (component[child] === -1) low[node] = Math.min(low[node]!, index[child]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== index[node]) continue;
      let member: number;
      do {
        member = open.pop()!;
        component[member] = components;
      } while (member !== node);
      components++;
    }
  }
  return component;
}
