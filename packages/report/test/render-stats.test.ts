import { renderHeldLocks, renderLockStat, renderStats } from '@lockdep/report';
import { expect, test } from 'vitest';
import { classRef, lockRef, site } from './example-reports.ts';

test('counters in the layout of /proc/lockdep_stats', () => {
  const text = renderStats({
    classes: 466,
    dependencies: 2156,
    chains: 2024,
    contexts: [{ context: 'hardirq', safe: 27, unsafe: 272, readSafe: 2, readUnsafe: 46 }],
    maxDepth: 10,
    chainHits: 269893,
    reports: 0,
    more: { 'stack-trace entries': 26619 },
  });
  // As a kernel prints them, but for its fixed limits.
  expect(text.split('\n')).toEqual([
    ' lock-classes:                          466',
    ' direct dependencies:                  2156',
    ' dependency chains:                    2024',
    ' hardirq-safe locks:                     27',
    ' hardirq-unsafe locks:                  272',
    ' hardirq-read-safe locks:                 2',
    ' hardirq-read-unsafe locks:              46',
    ' max locking depth:                      10',
    ' chain lookup hits:                  269893',
    ' reports:                                 0',
    ' stack-trace entries:                 26619',
    '',
  ]);
});

test('times in the layout of /proc/lock_stat, most contended first', async () => {
  const hold = { count: 1417, min: 0, max: 9187.11, total: 88926.28 };
  const text = renderLockStat([
    { name: '&p->pi_lock', wait: { count: 0, min: 0, max: 0, total: 0 }, hold },
    {
      name: '&mm->mmap_lock',
      mode: 'read',
      wait: { count: 25, min: 345.66, max: 3908.41, total: 43922.64 },
      hold,
      contendedAt: [{ place: 'do_user_addr_fault+0x1/0x2', count: 24 }],
    },
    {
      name: 'a class whose name is longer than the whole column of names',
      wait: { count: 3, min: 1, max: 2, total: 4 },
      hold,
    },
  ]);
  await expect(text).toMatchFileSnapshot('fixtures/lock-stat.txt');
});

test('all held locks, who waits for what, and nothing of idle tasks', async () => {
  const a = lockRef('ffff88800001', classRef('&a->lock'), 'write', site('lock_a+0x4/0x10'));
  const b = lockRef('inode 12', classRef('&b->lock', 'rwsem'), 'recursive-read', site(), true);
  const text = renderHeldLocks([
    { task: 'idle', held: [] },
    { task: 'writer', held: [a, b] },
    { task: 'reader', held: [], waitsFor: a },
  ]);
  await expect(text).toMatchFileSnapshot('fixtures/held-locks.txt');
  expect(renderHeldLocks([{ task: 'idle', held: [], waitsFor: null }])).toContain('no locks held.');
});
