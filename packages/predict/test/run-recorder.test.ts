/** From the events of a validator to a prediction in the names of the program. */
import { LockKey, type Task, Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';
import { predict, RunRecorder } from '../src/index.ts';

function scene() {
  const validator = new Validator({ sites: false });
  const recorder = new RunRecorder(validator);
  const [a, b] = ['A', 'B'].map((name) => validator.lock(new LockKey({ name, kind: 'mutex' }), { label: name }));
  const pair = (task: Task, outer = a!, inner = b!): void => {
    validator.acquire(task, outer);
    validator.acquire(task, inner);
    validator.release(task, inner);
    validator.release(task, outer);
  };
  const found = () => {
    recorder.stop();
    return predict(recorder.trace).predictions.map((prediction) => recorder.describe(prediction));
  };
  return { validator, recorder, a: a!, b: b!, pair, found };
}

describe('a run told by a validator', () => {
  test('two orders: who holds and wants what, and who moves first', () => {
    const { validator, a, b, pair, found } = scene();
    pair(validator.task('one'));
    pair(validator.task('two'), b, a);
    expect(found()).toEqual([
      {
        requests: [
          { task: 'one', wants: 'B', wantsClass: 'B', holds: 'A', holdsClass: 'A', site: null },
          { task: 'two', wants: 'A', wantsClass: 'A', holds: 'B', holdsClass: 'B', site: null },
        ],
        witness: [
          { task: 'one', events: 1 },
          { task: 'two', events: 1 },
        ],
        leftOut: 6,
      },
    ]);
  });

  test('a child that was waited for, and a value that was seen: nothing', () => {
    const joined = scene();
    const parent = joined.validator.task('parent');
    const child = joined.validator.task('child', { parent });
    joined.pair(child);
    joined.validator.joinTask(parent, child);
    joined.pair(parent, joined.b, joined.a);
    expect(joined.found()).toEqual([]);

    const told = scene();
    const [writer, reader] = [told.validator.task('writer'), told.validator.task('reader')];
    told.pair(writer);
    told.recorder.write(writer, 'done');
    told.recorder.read(reader, 'done');
    told.pair(reader, told.b, told.a);
    expect(told.found()).toEqual([]);
  });

  test('who had to wait took it when it was granted, and who gave up never did', () => {
    const waited = scene();
    const [one, two] = [waited.validator.task('one'), waited.validator.task('two')];
    waited.validator.acquire(one, waited.a);
    waited.validator.acquire(two, waited.a);
    waited.validator.contended(two, waited.a);
    waited.validator.release(one, waited.a);
    waited.validator.acquired(two, waited.a);
    waited.validator.release(two, waited.a);
    waited.recorder.stop();
    const sections = waited.recorder.trace.tasks.flatMap((task) => task.sections);
    expect(sections.map(({ task, position }) => [task, position])).toEqual([
      [0, 1],
      [1, 3],
    ]);

    const gaveUp = scene();
    const [holder, other] = [gaveUp.validator.task('holder'), gaveUp.validator.task('other')];
    gaveUp.validator.acquire(holder, gaveUp.a);
    gaveUp.validator.acquire(other, gaveUp.b);
    gaveUp.validator.acquire(other, gaveUp.a);
    gaveUp.validator.contended(other, gaveUp.a);
    gaveUp.validator.cancel(other, gaveUp.a);
    gaveUp.validator.release(other, gaveUp.b);
    gaveUp.validator.release(holder, gaveUp.a);
    gaveUp.recorder.stop();
    expect(gaveUp.recorder.trace.tasks.map((task) => task.sections.length)).toEqual([1, 1]);
  });

  test('an event that was claimed orders who waits after who signals; one that nobody claimed, after everything', () => {
    const claimed = scene();
    const event = claimed.validator.lock(new LockKey({ name: 'event', kind: 'completion' }));
    const [waker, waiter, third] = ['waker', 'waiter', 'third'].map((name) => claimed.validator.task(name));
    claimed.validator.acquire(waker!, event, { trylock: true });
    claimed.pair(waker!);
    claimed.validator.release(waker!, event);
    claimed.pair(third!);
    claimed.validator.acquire(waiter!, event);
    claimed.validator.release(waiter!, event);
    claimed.pair(waiter!, claimed.b, claimed.a);
    expect(claimed.found().map(({ requests }) => requests.map(({ task }) => task))).toEqual([['third', 'waiter']]);

    const unclaimed = scene();
    const other = unclaimed.validator.lock(new LockKey({ name: 'event', kind: 'completion' }));
    const [one, two] = [unclaimed.validator.task('one'), unclaimed.validator.task('two')];
    unclaimed.pair(one);
    unclaimed.validator.acquire(two, other);
    unclaimed.validator.release(two, other);
    unclaimed.pair(two, unclaimed.b, unclaimed.a);
    expect(unclaimed.found()).toEqual([]);
  });

  test('a lock that is handed over stays taken until the receiver lets go of it', () => {
    const { validator, recorder, a, b, pair, found } = scene();
    const [submitter, io, reader] = ['submitter', 'io', 'reader'].map((name) => validator.task(name));
    validator.acquire(submitter!, a);
    validator.transfer(submitter!, io!, a);
    validator.acquire(io!, b);
    validator.release(io!, b);
    validator.release(io!, a);
    pair(reader!, b, a);
    const [deadlock] = found();
    expect(deadlock?.requests.map(({ task, holds, wants }) => [task, holds, wants])).toEqual([
      ['io', 'A', 'B'],
      ['reader', 'B', 'A'],
    ]);
    expect(recorder.trace.tasks[0]!.sections[0]).toMatchObject({ releaser: 1, to: 4 });
  });
});
