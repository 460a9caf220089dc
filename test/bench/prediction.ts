/** What prediction costs by the length of the run, recording included: it should grow with the length, not faster. */
import { predict, RunTrace } from '@lockdep/predict';
import { cpuNanoseconds, median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const ROUNDS = 7;
const TASKS = 8;
const LOCKS = 200;

/**
 * Tasks that take pairs of locks in one order and tell each other through variables; at the very end two take one pair both ways round, and
 * a third circle has been ordered by a variable all along.
 */
function run(events: number): RunTrace {
  const trace = new RunTrace();
  let state = 1;
  const below = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * count);
  };
  const pair = (task: number, outer: number, inner: number): void => {
    trace.acquire(task, outer, true, true);
    trace.acquire(task, inner, true, true);
    trace.release(task, inner);
    trace.release(task, outer);
  };
  while (trace.events < events) {
    const task = below(TASKS);
    const outer = below(LOCKS - 1);
    pair(task, outer, outer + 1 + below(LOCKS - 1 - outer));
    if (below(4) > 0) continue;
    trace.write(task, below(TASKS));
    trace.read(below(TASKS), below(TASKS));
    // Told by its partner each time, so that no schedule parks both.
    pair(0, LOCKS, LOCKS + 1);
    trace.write(0, TASKS);
    trace.read(1, TASKS);
    pair(1, LOCKS + 1, LOCKS);
    trace.write(1, TASKS + 1);
    trace.read(0, TASKS + 1);
  }
  pair(2, LOCKS + 2, LOCKS + 3);
  pair(3, LOCKS + 3, LOCKS + 2);
  return trace;
}

function measure(events: number): { readonly record: number; readonly predict: number } {
  const times = Array.from({ length: ROUNDS }, () => {
    let trace = new RunTrace();
    const record = cpuNanoseconds(() => {
      trace = run(events);
    });
    const found = { count: 0 };
    const predicting = cpuNanoseconds(() => {
      found.count = predict(trace).predictions.length;
    });
    if (found.count !== 1) throw new Error(`${found.count} deadlocks predicted`);
    return { record, predict: predicting };
  });
  return { record: median(times.map((time) => time.record)), predict: median(times.map((time) => time.predict)) };
}

if (import.meta.main) {
  const lengths = [100_000, 200_000, 400_000, 800_000];
  measure(100_000);
  const times = lengths.map((events) => ({ events, ...measure(events) }));
  const first = times[0]!;
  const rows = times.flatMap(({ events, record, predict: predicting }): Row[] => [
    {
      section: 'prediction',
      name: `taking down and predicting, ${events.toLocaleString('en')} events`,
      value: events / ((record + predicting) / 1e9) / 1e6,
      unit: 'M events per CPU second',
    },
    {
      section: 'prediction',
      name: `predicting alone, ${events.toLocaleString('en')} events`,
      value: predicting / 1e6,
      unit: 'ms',
      ratio: predicting / events / (first.predict / first.events),
      against: 'the time an event costs in the shortest run',
    },
  ]);
  giveRows(rows);
}
