/** Completions and conditions: events that are waited for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CompletionState, ConditionState } from '../../src/index.ts';

describe('completion', () => {
  test('a complete before the wait lets one through, once', () => {
    const done = new CompletionState<string>();
    done.complete();
    expect(done.tryAcquire('a')).toBe(true);
    expect(done.tryAcquire('b')).toBe(false);
  });

  test('complete wakes the longest waiter; completeAll everybody, for ever', () => {
    const done = new CompletionState<string>();
    for (const waiter of ['a', 'b', 'c']) done.enqueue(waiter);
    expect(done.complete()).toEqual(['a']);
    expect(done.grant('a')).toBe(true);
    expect(done.completeAll()).toEqual(['b', 'c']);
    expect(done.grant('c')).toBe(true);
    expect(done.grant('b')).toBe(true);
    expect(done.tryAcquire('late')).toBe(true);
    done.reinit();
    expect(done.done).toBe(false);
    expect(done.tryAcquire('later')).toBe(false);
  });

  test('a newcomer does not take the completion of one who was woken', () => {
    const done = new CompletionState<string>();
    done.enqueue('a');
    done.complete();
    expect(done.canAcquire('newcomer')).toBe(false);
    expect(done.cancel('a')).toEqual([]);
    expect(done.canAcquire('newcomer')).toBe(true);
  });
});

describe('condition', () => {
  test('a signal without a waiter is lost', () => {
    const condition = new ConditionState<string>();
    expect(condition.signal()).toEqual([]);
    condition.enqueue('a');
    expect(condition.canGrant('a')).toBe(false);
  });

  test('a woken waiter that gives up passes its signal on', () => {
    const condition = new ConditionState<string>();
    condition.enqueue('a');
    condition.enqueue('b');
    expect(condition.signal()).toEqual(['a']);
    expect(condition.cancel('a')).toEqual(['b']);
    expect(condition.grant('b')).toBe(true);
  });

  test('signals wake as many as there were, in order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('wait', 'signal', 'broadcast', 'cancel'), { maxLength: 50 }), (acts) => {
        const condition = new ConditionState<number>();
        let arrived = 0;
        let asleep: number[] = [];
        for (const act of acts) {
          if (act === 'wait') {
            condition.enqueue(arrived);
            asleep.push(arrived++);
          } else if (act === 'cancel') {
            const [gone] = asleep.splice(0, 1);
            expect(condition.cancel(gone ?? -1)).toEqual(gone === undefined ? null : []);
          } else {
            const woken = act === 'signal' ? asleep.slice(0, 1) : asleep;
            asleep = asleep.slice(woken.length);
            expect(act === 'signal' ? condition.signal() : condition.broadcast()).toEqual(woken);
            for (const who of woken) expect(condition.grant(who)).toBe(true);
          }
          expect(condition.waiters()).toEqual(asleep);
        }
      }),
    );
  });
});
