/**
 * Strongly connected components of a directed graph over the integers 0 … n−1 (Tarjan 1972), linear, without recursion:
 * chains of locks may be deeper than the stack.
 */

/** The component number of every node; nodes share a number exactly when each reaches the other. */
export function strongComponents(successors: readonly (readonly number[])[]): Int32Array {
  const count = successors.length;
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const component = new Int32Array(count).fill(-1);
  const next = new Int32Array(count);
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
      const child = successors[node]![next[node]!++];
      if (child !== undefined) {
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
