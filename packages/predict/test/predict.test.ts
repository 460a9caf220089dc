/** Prediction against trying everything, and its witnesses played. */
import { describe, expect, test } from 'vitest';
import { OnlinePrediction, type Prediction, predict, RunTrace } from '../src/index.ts';
import { deadlocks, playPrefix, type RunEvent, type RunSize, randomRun, record, traceOf } from './random-run.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1);

function campaign(name: string, size: RunSize, runs: number): void {
  test(`${name}: ${runs} runs`, () => {
    let found = 0;
    for (let seed = SEED; seed < SEED + runs; seed++) {
      const run = randomRun(seed, size);
      const { predictions, bounded } = predict(traceOf(run));
      const failing = `seed ${seed}: ${run.map(({ task, op, ...rest }) => `${task} ${op} ${Object.values(rest).join(' ')}`).join('; ')}`;
      expect(bounded, failing).toBe(false);
      for (const { members, prefix } of predictions) {
        const circle = playPrefix(run, prefix);
        expect(circle, `${failing}: the witness cannot be run`).not.toBeNull();
        for (const { task } of members) expect(circle, `${failing}: task ${task} is not stuck`).toContain(task);
      }
      expect(predictions.length > 0, failing).toBe(deadlocks(run, size.tasks));
      if (predictions.length > 0) found += 1;
    }
    expect(found).toBeGreaterThan(runs / 100);
    expect(found).toBeLessThan(runs);
  });
}

describe('every prediction is reached by its witness, and nothing that keeps the order of sections is missed', () => {
  campaign('two tasks', { tasks: 2, locks: 2, events: 14, shared: 0 }, 1_500);
  campaign('two tasks, three locks, readers', { tasks: 2, locks: 3, events: 18, shared: 40 }, 1_000);
  campaign('three tasks', { tasks: 3, locks: 3, events: 18, shared: 20 }, 400);
});

describe('online', () => {
  test('for two tasks, the same pairs as afterwards, most of them before the run is over', () => {
    let early = 0;
    let late = 0;
    for (let seed = SEED; seed < SEED + 1_500; seed++) {
      const run = randomRun(seed, { tasks: 3, locks: 3, events: 30, shared: 20 });
      const trace = new RunTrace();
      const online = new OnlinePrediction(trace);
      const found: Prediction[] = [];
      for (const event of run) {
        const section = record(trace, event);
        if (section !== null) found.push(...online.acquired(section));
      }
      early += found.length;
      const settled = online.settle();
      late += settled.length;
      for (const { prefix } of found) expect(playPrefix(run, prefix)?.length, `seed ${seed}`).toBeGreaterThan(1);
      expect([...found, ...settled].map(pairOf).sort(), `seed ${seed}`).toEqual(
        predict(trace, { tasks: 2 }).predictions.map(pairOf).sort(),
      );
    }
    expect(early).toBeGreaterThan(late * 5);
  });
});

/** Who, what they want and what they hold: the pair, whenever it was predicted. */
const pairOf = ({ members }: Prediction): string =>
  members
    .map(({ task, lock: wanted, exclusive, under }) => {
      const held = new Set(under!.map((outer) => `${outer.lock}${outer.exclusive}`));
      return `${task} ${wanted} ${exclusive} ${[...held].sort()}`;
    })
    .sort()
    .join(' | ');

const lock = (task: number, which: number, exclusive = true): RunEvent => ({
  task,
  op: 'acquire',
  lock: which,
  exclusive,
});
const unlock = (task: number, which: number): RunEvent => ({ task, op: 'release', lock: which });
const pair = (task: number, outer: number, inner: number): RunEvent[] => [
  lock(task, outer),
  lock(task, inner),
  unlock(task, inner),
  unlock(task, outer),
];

describe('what makes the difference', () => {
  test('two orders, one after the other: predicted, with nobody having moved but to the first lock', () => {
    const { predictions } = predict(traceOf([...pair(0, 1, 2), ...pair(1, 2, 1)]));
    expect(predictions.map(({ members, prefix }) => [members.map((member) => member.lock), [...prefix]])).toEqual([
      [
        [2, 1],
        [1, 1],
      ],
    ]);
  });

  test('a gate: no pattern', () => {
    const gated = (task: number, outer: number, inner: number): RunEvent[] => [
      lock(task, 9),
      ...pair(task, outer, inner),
      unlock(task, 9),
    ];
    expect(predict(traceOf([...gated(0, 1, 2), ...gated(1, 2, 1)]))).toMatchObject({ predictions: [], patterns: 0 });
  });

  test('the second task was told by the first, after it: no prediction', () => {
    const told: RunEvent[] = [
      ...pair(0, 1, 2),
      { task: 0, op: 'write', variable: 0 },
      { task: 1, op: 'read', variable: 0 },
      ...pair(1, 2, 1),
    ];
    expect(predict(traceOf(told))).toMatchObject({ predictions: [], patterns: 1 });
  });

  test('told under a third lock: the order of its sections is kept, so no prediction either', () => {
    const told: RunEvent[] = [
      ...pair(0, 1, 2),
      lock(0, 3),
      { task: 0, op: 'write', variable: 0 },
      unlock(0, 3),
      lock(1, 3),
      { task: 1, op: 'read', variable: 0 },
      unlock(1, 3),
      ...pair(1, 2, 1),
    ];
    expect(predict(traceOf(told)).predictions).toEqual([]);
  });

  test('the first occasion cannot, a later one can', () => {
    const later: RunEvent[] = [
      ...pair(0, 1, 2),
      { task: 0, op: 'write', variable: 0 },
      { task: 1, op: 'read', variable: 0 },
      ...pair(1, 2, 1),
      ...pair(0, 1, 2),
    ];
    const { predictions } = predict(traceOf(later));
    expect(predictions).toHaveLength(1);
    expect([...predictions[0]!.prefix]).toEqual([6, 2]);
  });

  test('three tasks in a circle; and bounded when circles of two are all that is looked for', () => {
    const circle = traceOf([...pair(0, 1, 2), ...pair(1, 2, 3), ...pair(2, 3, 1)]);
    expect(predict(circle).predictions.map(({ members }) => members.map(({ task }) => task))).toEqual([[0, 1, 2]]);
    expect(predict(circle, { tasks: 2 })).toMatchObject({ predictions: [], bounded: true });
  });

  test('a section that never ends cannot be passed', () => {
    const open: RunEvent[] = [lock(0, 3), ...pair(0, 1, 2), lock(0, 4), unlock(0, 3), lock(1, 3), ...pair(1, 2, 1)];
    const { predictions } = predict(traceOf(open));
    expect(predictions).toEqual([]);
  });
});
