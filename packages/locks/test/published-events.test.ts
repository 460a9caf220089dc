/** What the process's validator publishes on `node:diagnostics_channel`, and that nothing else does. */
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Validator } from '@lockdep/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type AcquireMessage,
  type ContendedMessage,
  lockdep,
  Mutex,
  type ReportMessage,
  RwSemaphore,
  type WaitedMessage,
} from '../src/index.ts';

const NAMES = ['acquire', 'contended', 'acquired', 'cancel', 'release', 'report'] as const;
type Message = Partial<AcquireMessage & ContendedMessage & WaitedMessage & ReportMessage>;

let events: { name: string; message: Message }[];
const listen = (message: unknown, name: string | symbol): void => {
  events.push({ name: String(name).replace('lockdep:', ''), message: message as Message });
};
const told = (): string[] => events.map(({ name, message }) => `${name} ${message.lock?.key.name ?? ''}`);

beforeEach(() => {
  events = [];
  for (const name of NAMES) subscribe(`lockdep:${name}`, listen);
});
afterEach(() => {
  for (const name of NAMES) unsubscribe(`lockdep:${name}`, listen);
});

test('an acquisition that waits, with the holder and how long', async () => {
  const lock = new Mutex({ name: 'waited for' });
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = lockdep.task('first', () => lock.runExclusive(() => gate));
  const second = lockdep.task('second', () => lock.runExclusive(() => {}));
  setTimeout(open, 20);
  await Promise.all([first, second]);
  expect(events.map(({ name, message }) => [name, message.task?.name])).toEqual([
    ['acquire', 'first'],
    ['acquire', 'second'],
    ['contended', 'second'],
    ['release', 'first'],
    ['acquired', 'second'],
    ['release', 'second'],
  ]);
  const [, asked, contended, , acquired] = events.map(({ message }) => message);
  expect(asked).toMatchObject({ mode: 'write', trylock: false, validator: lockdep(), lock: lock.instance });
  expect(contended!.holders?.map(({ name }) => name)).toEqual(['first']);
  expect(contended!.task).toBe(asked!.task);
  expect(acquired!.waitedMs).toBeGreaterThan(10);
  expect(acquired!.waitedMs).toBeLessThan(60_000);
});

test('modes, trylocks, and giving up', async () => {
  const lock = new RwSemaphore({ name: 'rw' });
  await lockdep.task('reader', async () => {
    await lock.acquireRead();
    await lock.tryAcquireRead();
    await lockdep.task('writer', () => expect(lock.acquire({ timeoutMs: 1 })).rejects.toThrow('rw'));
    lock.releaseRead();
    lock.releaseRead();
  });
  expect(told()).toEqual([
    'acquire rw',
    'acquire rw',
    'acquire rw',
    'contended rw',
    'cancel rw',
    'release rw',
    'release rw',
  ]);
  expect(events.slice(0, 3).map(({ message: { mode, trylock } }) => [mode, trylock])).toEqual([
    ['read', false],
    ['read', true],
    ['write', false],
  ]);
});

test('reports', async () => {
  const [a, b] = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
  await lockdep.task('one', () => a.runExclusive(() => b.runExclusive(() => {})));
  await lockdep.task('two', () => b.runExclusive(() => a.runExclusive(() => {})));
  const reports = events.filter(({ name }) => name === 'report').map(({ message }) => message.report);
  expect(reports).toEqual([lockdep().reports.at(-1)]);
  expect(reports[0]?.kind).toBe('circular');
});

test('nothing of validators that a program makes for itself', async () => {
  const lock = new Mutex({ name: 'private', validator: new Validator() });
  await lock.runExclusive(() => {});
  expect(events).toEqual([]);
});

test('nothing is published to nobody', async () => {
  for (const name of NAMES) unsubscribe(`lockdep:${name}`, listen);
  expect(NAMES.map((name) => channel(`lockdep:${name}`).hasSubscribers)).toEqual(NAMES.map(() => false));
  await new Mutex({ name: 'quiet' }).runExclusive(() => {});
  expect(events).toEqual([]);
});
