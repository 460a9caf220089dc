/**
 * What validation adds to an acquire+release pair of a known chain, by number of nested locks. Run once per configuration: a
 * program has one, and V8 optimises for it.
 */
import { type Lock, LockKey, Validator } from '@lockdep/core';
import { TraceRecorder } from '@lockdep/trace';
import { interleaved, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const PAIRS = 240_000;
const DEPTHS = [1, 2, 4, 8];

/** Validators as they are used. */
const CONFIGURATIONS: Readonly<Record<string, () => Validator>> = {
  'default options': () => new Validator(),
  'kernel mode': () => new Validator({ mode: 'kernel' }),
  'with statistics': () => new Validator({ statistics: true }),
  'with a recorder': () => {
    const validator = new Validator();
    let bytes = 0;
    new TraceRecorder(validator, { write: (line) => (bytes += line.length) });
    return validator;
  },
  'with contexts': () => new Validator({ contexts: [{ name: 'signal' }, { name: 'reclaim', interrupts: false }] }),
};

function measure(configuration: string): Row[] {
  const validator = CONFIGURATIONS[configuration]!();
  const task = validator.task('bench');
  const locks = DEPTHS.map(() => null).flatMap((_, set) =>
    Array.from({ length: 2 }, (__, at) =>
      validator.lock(new LockKey({ name: `lock ${set * 2 + at}`, kind: 'spinlock' })),
    ),
  );
  if (configuration === 'with contexts') {
    // Some locks are used inside an interrupt as well, and the measured task runs with it disabled, as spin_lock_bh does.
    validator.disableContext(task, 'softirq');
    validator.enterContext(task, 'softirq');
    for (const lock of locks.slice(4)) validator.acquire(task, lock);
    for (const lock of locks.slice(4).reverse()) validator.release(task, lock);
    validator.exitContext(task, 'softirq');
  }
  const validated = (depth: number): void => {
    for (let round = 0; round < PAIRS / depth; round++) {
      for (let at = 0; at < depth; at++) validator.acquire(task, locks[at]!);
      for (let at = depth - 1; at >= 0; at--) validator.release(task, locks[at]!);
    }
  };
  const times = interleaved(
    Object.fromEntries(
      DEPTHS.flatMap((depth) => [
        [`validated ${depth}`, () => validated(depth)],
        [`baseline ${depth}`, () => baseline(locks, depth)],
      ]),
    ),
  );
  if (validator.reports.length > 0)
    throw new Error(`the benchmark itself is reported: ${validator.reports[0]!.message}`);
  return DEPTHS.map((depth) => {
    const [known, bare] = [times[`validated ${depth}`]!, times[`baseline ${depth}`]!];
    return {
      section: 'hot path',
      name: `${configuration}, ${depth} nested`,
      value: (known.median - bare.median) / PAIRS,
      best: (known.best - bare.best) / PAIRS,
      unit: 'ns added per pair',
      ratio: known.median / bare.median,
      against: 'the same loop reading and writing a property',
    };
  });
}

/** Where the results of the baseline go, so that they are not thrown away. */
export const sink: { sum: number } = { sum: 0 };

function baseline(locks: readonly Lock[], depth: number): void {
  for (let round = 0; round < PAIRS / depth; round++) {
    for (let at = 0; at < depth; at++) sink.sum += locks[at]!.subclass;
    for (let at = depth - 1; at >= 0; at--) sink.sum -= locks[at]!.subclass;
  }
}

export const configurations: readonly string[] = Object.keys(CONFIGURATIONS);

if (import.meta.main) giveRows(measure(process.argv[2]!));
