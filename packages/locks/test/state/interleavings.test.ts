/** The waiting rules against published exact counts of executions (interleavings, deadlocking ones, states). */
import { describe, expect, test } from 'vitest';
import { type LockState, MutexState, RwLockState, RwSemaphoreState, SemaphoreState } from '../../src/index.ts';
import { countInterleavings, type Instruction } from './interleavings.ts';

const program = (text: string): Instruction[] =>
  text.split(' ').map((word) => word.split(':') as unknown as Instruction);
const locks =
  (make: () => LockState<number>, ...names: string[]) =>
  () =>
    Object.fromEntries(names.map((name) => [name, make()]));

describe('executions are exactly those of the published programs', () => {
  test('abba: two mutexes in opposite order', () => {
    const counts = countInterleavings(
      locks(() => new MutexState('any'), 'A', 'B'),
      [program('lock:A lock:B unlock:B unlock:A'), program('lock:B lock:A unlock:A unlock:B')],
    );
    expect(counts).toEqual({ interleavings: 6, deadlocking: 2, states: 19 });
  });

  test('a mutex locked twice by one task deadlocks', () => {
    const counts = countInterleavings(
      locks(() => new MutexState('any'), 'A'),
      [program('lock:A lock:A')],
    );
    expect(counts).toEqual({ interleavings: 1, deadlocking: 1, states: 2 });
  });

  test.each([
    [2, 6, 2, 19],
    [3, 168, 6, 87],
    [4, 98184, 24, 391],
  ])('%i dining philosophers', (count, interleavings, deadlocking, states) => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    const programs = names.map((fork, i) => {
      const next = names[(i + 1) % count]!;
      return program(`lock:${fork} lock:${next} unlock:${next} unlock:${fork}`);
    });
    const counts = countInterleavings(
      locks(() => new MutexState('any'), ...names),
      programs,
    );
    expect(counts).toEqual({ interleavings, deadlocking, states });
  });

  test('a recursive read on a fair semaphore deadlocks with a writer between', () => {
    const counts = countInterleavings(
      locks(() => new RwSemaphoreState('fifo'), 'R'),
      [program('rdlock:R rdlock:R unlock:R unlock:R'), program('wrlock:R unlock:R')],
      ['R'],
    );
    expect(counts).toEqual({ interleavings: 9, deadlocking: 2, states: 26 });
  });

  test('a recursive read on a reader-preferring lock does not', () => {
    const counts = countInterleavings(
      locks(() => new RwLockState('any'), 'R'),
      [program('rdlock:R rdlock:R unlock:R unlock:R'), program('wrlock:R unlock:R')],
    );
    expect(counts).toEqual({ interleavings: 2, deadlocking: 0, states: 12 });
  });

  test.each(['head', 'all'] as const)('shared AB/BA deadlocks when writers queue on both (batch %s)', (batch) => {
    const counts = countInterleavings(
      locks(() => new RwSemaphoreState('fifo', batch), 'A', 'B'),
      [
        program('rdlock:A rdlock:B unlock:B unlock:A'),
        program('rdlock:B rdlock:A unlock:A unlock:B'),
        program('wrlock:A unlock:A'),
        program('wrlock:B unlock:B'),
      ],
      ['A', 'B'],
    );
    expect(counts).toEqual({ interleavings: 1376466, deadlocking: 264, states: 686 });
  });

  test('a semaphore with one permit is a mutex', () => {
    const counts = countInterleavings(
      locks(() => new SemaphoreState(1, 'any'), 'A', 'B'),
      [program('lock:A lock:B unlock:B unlock:A'), program('lock:B lock:A unlock:A unlock:B')],
    );
    expect(counts).toEqual({ interleavings: 6, deadlocking: 2, states: 19 });
  });

  test('three tasks take two permits each out of two', () => {
    const greedy = program('lock:S lock:S unlock:S unlock:S');
    const counts = countInterleavings(
      locks(() => new SemaphoreState(2, 'any'), 'S'),
      [greedy, greedy, greedy],
    );
    expect(counts).toEqual({ interleavings: 42, deadlocking: 18, states: 62 });
  });
});
