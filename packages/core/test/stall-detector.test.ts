import { LockKey, type Stall, Validator, watchStalls } from '@lockdep/core';
import { expect, test, vi } from 'vitest';

test('a wait that lasts too long is told once, with its holder and the queue', () => {
  vi.useFakeTimers();
  try {
    let now = 0;
    const validator = new Validator({ sites: false, clock: () => now });
    const lock = validator.lock(new LockKey({ name: 'A' }), { label: 'a' });
    const [one, two, three] = ['one', 'two', 'three'].map((name) => validator.task(name));
    validator.acquire(one!, lock);
    for (const task of [two!, three!]) {
      validator.acquire(task, lock);
      validator.contended(task, lock);
    }
    const stalls: Stall[] = [];
    const stop = watchStalls(validator, { afterMs: 100, onStall: (stall) => stalls.push(stall) });
    const pass = (ms: number): void => {
      now += ms * 1000;
      vi.advanceTimersByTime(ms);
    };
    pass(75);
    expect(stalls).toEqual([]);
    pass(50);
    pass(500);
    expect(stalls.map(({ waiter }) => waiter.task)).toEqual(['two', 'three']);
    expect(stalls[0]).toMatchObject({
      waiter: { waitsFor: { lock: 'a' } },
      holders: [{ task: 'one', held: [{ lock: 'a' }] }],
      queue: [{ task: 'three' }],
    });
    stop();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('readers of a class declared recursive may nest; those of a fair one may not', () => {
  for (const [readers, kinds] of [
    ['recursive', []],
    ['fair', ['recursive']],
    ['writer-preferring', ['recursive']],
  ] as const) {
    const validator = new Validator({ sites: false });
    const task = validator.task('t');
    const lock = validator.lock(new LockKey({ name: 'A', kind: 'rwsem', readers }));
    validator.acquire(task, lock, { mode: 'read' });
    validator.acquire(task, lock, { mode: 'read' });
    expect(
      validator.reports.map((report) => report.kind),
      readers,
    ).toEqual(kinds);
  }
});
