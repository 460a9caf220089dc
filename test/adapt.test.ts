/** A mutex of another library behind the adapter: validated, and explored. */
import { Validator } from '@lockdep/core';
import { adapt, Mutex } from '@lockdep/locks';
import { confirmAllAsync, exploreAsync, type Simulation } from '@lockdep/simulator';
import { Mutex as AsyncMutex } from 'async-mutex';
import { describe, expect, test } from 'vitest';

describe('async-mutex', () => {
  test('works as before, and its orders are learned', async () => {
    const validator = new Validator();
    const a = adapt(new AsyncMutex(), { name: 'a', validator });
    const b = adapt(new AsyncMutex(), { name: 'b', validator });
    expect(await a.runExclusive(() => b.runExclusive(() => 7))).toBe(7);
    const release = await b.acquire();
    expect([b.isLocked(), a.isLocked()]).toEqual([true, false]);
    await a.acquire();
    a.release();
    release();
    expect(b.isLocked()).toBe(false);
    expect(validator.reports.map(({ message }) => message)).toEqual([
      'a is wanted under b, which has been wanted under it',
    ]);
  });

  const accounts = (sim: Simulation): void => {
    const from = adapt(new AsyncMutex(), { name: 'from' });
    const to = adapt(new AsyncMutex(), { name: 'to' });
    sim.task('transfer', () => from.runExclusive(() => to.runExclusive(() => {})));
    sim.task('refund', async () => {
      const release = await to.acquire();
      await from.acquire();
      from.release();
      release();
    });
  };

  test('its deadlock is found, in every interleaving, and confirms the report', async () => {
    const result = await exploreAsync(accounts, { strategy: 'source-dpor' });
    expect(result).toMatchObject({ verdict: 'deadlock', exhausted: true, deadlocks: 1 });
    expect(result.failures[0]!.schedule).toEqual([
      ['transfer', 'lock from'],
      ['refund', 'lock to'],
    ]);
    expect((await confirmAllAsync(accounts)).map(({ verdict }) => verdict)).toEqual(['confirmed']);
  });

  test('one that cannot be had is not kept', async () => {
    const refusing = { acquire: () => Promise.reject(new Error('closed')), release: () => {} };
    const lock = adapt(refusing, { name: 'refusing', validator: null });
    await expect(lock.acquire()).rejects.toThrow('closed');
    await expect(lock.acquire()).rejects.toThrow('closed');
  });

  test('methods of other names', async () => {
    let held = 0;
    const named = { take: async () => void held++, give: () => void held-- };
    const lock = adapt(named, { acquire: 'take', release: 'give', validator: null });
    await lock.take();
    const second = lock.take();
    await new Mutex({ validator: null }).runExclusive(() => {});
    expect(held).toBe(1);
    lock.give();
    await second;
    expect(held).toBe(1);
  });
});
