/** Traces: happens-before, their hashes, their tally, wakeup trees; each against something naive. */
import { describe, expect, test } from 'vitest';
import { conflicts, EXCLUSIVE } from '../src/engine/access.ts';
import { Random } from '../src/engine/random.ts';
import { runExecution } from '../src/engine/run-execution.ts';
import { TraceHash } from '../src/engine/trace-hash.ts';
import { World } from '../src/engine/world.ts';
import { TraceTally } from '../src/explore/trace-tally.ts';
import { compileProgram } from '../src/notation/compile.ts';
import type { History } from '../src/search/history.ts';
import { TreeSearch } from '../src/search/tree-search.ts';
import { WakeupNode, type WakeupStep } from '../src/search/wakeup-tree.ts';
import { randomProgram } from './random-program.ts';

/** Happens-before by its definition: dependent accesses in order, one task's events in order, gates; closed. */
function naiveOrder(history: History): boolean[][] {
  const { length } = history;
  const before = Array.from({ length }, () => new Array<boolean>(length).fill(false));
  for (let f = 0; f < length; f++) {
    before[f]![f] = true;
    for (let e = f - 1; e >= 0; e--) {
      const direct =
        [history.gate[f], history.end[f]].includes(e) ||
        history.task[e] === history.task[f] ||
        dependent(history, e, f);
      if (!direct) continue;
      for (let d = 0; d <= e; d++) if (before[d]![e]) before[d]![f] = true;
    }
  }
  return before;
}

function dependent(history: History, e: number, f: number): boolean {
  for (let a = history.firstAccess[e]!; a < history.firstAccess[e + 1]!; a++) {
    for (let b = history.firstAccess[f]!; b < history.firstAccess[f + 1]!; b++) {
      if (history.object[a] === history.object[b] && conflicts(history.mode[a]!, history.mode[b]!)) return true;
    }
  }
  return false;
}

test('vector clocks are happens-before, on every execution of 60 random programs', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const world = new World(compileProgram(randomProgram(seed)).setup);
    const search = new TreeSearch(world, 'source-dpor');
    let left = 40;
    for (let prefix = search.plan(); prefix >= 0 && left-- > 0; prefix = search.plan()) {
      runExecution(world, search, prefix, 1_000);
      const { history } = search;
      const order = naiveOrder(history);
      for (let f = 0; f < history.length; f++) {
        for (let e = 0; e <= f; e++) expect(history.happensBefore(e, f), `seed ${seed}: ${e} ${f}`).toBe(order[e]![f]);
      }
    }
  }
});

test('trace hashes: equal exactly for executions that differ in the order of independent steps', () => {
  const random = new Random(11);
  for (let round = 0; round < 300; round++) {
    const events = Array.from({ length: 7 }, () => ({
      task: random.below(3),
      object: random.below(3),
      mode: random.below(3) === 0 ? EXCLUSIVE : random.below(2),
    }));
    const [a, b] = [events, [...events]];
    for (let swaps = random.below(8); swaps > 0; swaps--) {
      const i = random.below(6);
      [b[i], b[i + 1]] = [b[i + 1]!, b[i]!];
    }
    if (!sameProgramOrder(a, b)) continue;
    expect(hashOf(a) === hashOf(b), JSON.stringify([a, b])).toBe(canonical(a) === canonical(b));
  }

  type Event = { readonly task: number; readonly object: number; readonly mode: number };

  function numbered(events: readonly Event[]): (Event & { ordinal: number })[] {
    const steps = new Map<number, number>();
    return events.map((event) => {
      const ordinal = steps.get(event.task) ?? 0;
      steps.set(event.task, ordinal + 1);
      return { ...event, ordinal };
    });
  }

  function sameProgramOrder(a: readonly Event[], b: readonly Event[]): boolean {
    const key = (events: readonly Event[]) =>
      JSON.stringify([0, 1, 2].map((task) => events.filter((event) => event.task === task)));
    return key(a) === key(b);
  }

  function hashOf(events: readonly Event[]): number {
    const hash = new TraceHash();
    for (const { task, ordinal, object, mode } of numbered(events)) hash.access(task, ordinal, object, mode);
    return hash.value;
  }

  /** Per object: blocks of commuting accesses, each sorted. */
  function canonical(events: readonly Event[]): string {
    const list = numbered(events);
    return JSON.stringify(
      [0, 1, 2].map((object) => {
        const blocks: string[][] = [];
        let mode = -1;
        for (const event of list.filter((candidate) => candidate.object === object)) {
          if (event.mode !== mode || mode === EXCLUSIVE) blocks.push([]);
          mode = event.mode;
          blocks.at(-1)!.push(`${event.task}.${event.ordinal}`);
        }
        return blocks.map((block) => block.sort());
      }),
    );
  }
});

describe('the tally of traces', () => {
  const hashes = (count: number, random: Random): number[] =>
    Array.from({ length: count }, () => random.next() * 0x20_0000 + random.below(0x20_0000));

  test('is exact in bounds', () => {
    const tally = new TraceTally();
    const list = hashes(5_000, new Random(1));
    for (const hash of list) expect(tally.add(hash)).toBe(true);
    for (const hash of list.slice(0, 2_000)) expect(tally.add(hash)).toBe(false);
    expect([tally.distinct, tally.once, tally.isExact]).toEqual([5_000, 3_000, true]);
    tally.settle();
    expect([tally.distinct, tally.once]).toEqual([5_000, 0]);
  });

  test('beyond them it estimates, in constant memory', () => {
    const tally = new TraceTally(1 << 12);
    for (const hash of hashes(200_000, new Random(2))) tally.add(hash);
    expect(tally.isExact).toBe(false);
    expect(tally.distinct).toBeGreaterThan(180_000);
    expect(tally.distinct).toBeLessThan(220_000);
  });
});

describe('wakeup trees', () => {
  const step = (task: number, ...accesses: number[]): WakeupStep => ({ task, choice: 0, choices: 1, accesses });

  test('a sequence that a leaf begins is covered', () => {
    const tree = new WakeupNode(null);
    expect(tree.insert([step(1, 5, EXCLUSIVE), step(2, 6, EXCLUSIVE)])).toBe(true);
    expect(tree.insert([step(2, 6, EXCLUSIVE), step(1, 5, EXCLUSIVE)])).toBe(false);
    expect(tree.children).toHaveLength(1);
  });

  test('one that a branch conflicts with is a branch of its own', () => {
    const tree = new WakeupNode(null);
    tree.insert([step(1, 5, EXCLUSIVE)]);
    expect(tree.insert([step(2, 5, EXCLUSIVE), step(1, 5, EXCLUSIVE)])).toBe(true);
    expect(tree.children.map((child) => child.step!.task)).toEqual([1, 2]);
  });
});
