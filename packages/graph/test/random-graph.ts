/** Random programs and their saved graphs, by seed. */
import { how, LockKey, READ, RECURSIVE_READ, Validator, WRITE } from '@lockdep/core';
import { type SavedGraph, saveGraph } from '@lockdep/graph';

/** mulberry32: small, good enough, the same everywhere. */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below) | 0;
  };
}

/** The validator of one random run: tasks that nest a few of the named classes in any mode. */
export function randomRun(seed: number, classes = 8, steps = 12): Validator {
  const random = seeded(seed);
  const validator = new Validator({ sites: false });
  const locks = Array.from({ length: classes }, (_, at) =>
    validator.lock(new LockKey({ name: `K${at}`, kind: 'rwsem' }), { label: `k${at}` }),
  );
  for (let step = 0; step < steps; step++) {
    const task = validator.task(`task ${random(3)}`);
    const taken = new Set<number>();
    for (let depth = 0; depth < 3; depth++) taken.add(random(classes));
    for (const at of taken) {
      const mode = [WRITE, READ, RECURSIVE_READ][random(3)]!;
      const subclass = random(8) === 0 ? how({ subclass: 1 }) : 0;
      validator.acquire(task, locks[at]!, mode | subclass, null, {
        frames: [{ text: `f${at}`, file: `/app/src/f${at}.ts`, line: 1 + random(50) }],
      });
    }
    for (const at of [...taken].reverse()) validator.release(task, locks[at]!);
  }
  return validator;
}

export function randomGraph(seed: number, classes = 8, steps = 12): SavedGraph {
  return saveGraph(randomRun(seed, classes, steps), { run: `run ${seed}`, root: '/app' });
}

export function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const result = [...items];
  for (let at = result.length - 1; at > 0; at--) {
    const other = random(at + 1);
    [result[at], result[other]] = [result[other]!, result[at]!];
  }
  return result;
}
