import { readProcLockdep, readSnapshot, splitClassName, TraceError } from '@lockdep/trace';
import { describe, expect, test } from 'vitest';
import { bytes, fixturePath } from './fixture.ts';

describe('/proc/lockdep', () => {
  test('a recorded one', async () => {
    const { classes, dependencies } = await readProcLockdep(fixturePath('ext4-dirs/after.lockdep.txt.zst'));
    expect(classes[0]).toEqual({
      key: 'ffffffff81a2ae20',
      name: 'cpu_hotplug_lock',
      baseName: 'cpu_hotplug_lock',
      version: 1,
      subclass: 0,
      ops: 134,
      forward: 118,
      backward: 16,
      usage: '++++',
    });
    expect(dependencies[0]).toEqual({
      from: 'ffffffff81a2ae20',
      to: 'ffffffff8214d3b0',
      fromName: 'cpu_hotplug_lock',
      toName: 'static_call_mutex',
    });
    const keys = new Set(classes.map(({ key }) => key));
    expect(keys.size).toBe(classes.length);
    expect(dependencies.every(({ from, to }) => keys.has(from) && keys.has(to))).toBe(true);
  });

  test.each([
    [
      'without DEBUG_LOCKDEP',
      'ffffffff81a2ae20 FD:  118 BD:   16 +.-?: a b#3/2',
      { ops: null, forward: 118, usage: '+.-?' },
    ],
    [
      'with six usage characters',
      'ffffffff81a2ae20 OPS:     134 FD:  118 BD:   16 ++++-.: a b#3/2',
      { ops: 134, usage: '++++-.' },
    ],
    ['without PROVE_LOCKING', 'ffffffff81a2ae20: a b#3/2', { forward: null, backward: null, usage: null }],
    ['with OPS alone', 'c1a2ae20 OPS:     134: a b#3/2', { key: 'c1a2ae20', ops: 134, usage: null }],
    [
      'with hidden addresses',
      '(____ptrval____) FD:    1 BD:    1 ....: a b#3/2',
      { key: '(____ptrval____)', forward: 1 },
    ],
  ])('%s', async (_, line, wanted) => {
    const { classes, dependencies } = await readProcLockdep([
      bytes(`all lock classes:\n${line}\n -> [ffff] c: d\n -> e\n\n`),
    ]);
    expect(classes).toMatchObject([{ baseName: 'a b', version: 3, subclass: 2, ...wanted }]);
    expect(dependencies).toMatchObject([
      { to: 'ffff', toName: 'c: d' },
      { to: '', toName: 'e' },
    ]);
  });

  test('other text is refused, with its line', async () => {
    const wrong = readProcLockdep([bytes('hello\n')], { name: 'x' });
    await expect(wrong).rejects.toMatchObject({ code: 'wrong-format', line: 1 });
    const torn = readProcLockdep([bytes('ffffffff81a2ae20 FD:  1 BD:  1 ....: a\nffffffff81\n')]);
    await expect(torn).rejects.toBeInstanceOf(TraceError);
    await expect(torn).rejects.toMatchObject({ code: 'malformed', line: 2 });
  });
});

test('class names come apart', () => {
  expect(splitClassName('&sb->s_type->i_mutex_key#8/4')).toEqual({
    baseName: '&sb->s_type->i_mutex_key',
    version: 8,
    subclass: 4,
  });
  expect(splitClassName('&rq->__lock/1')).toEqual({ baseName: '&rq->__lock', version: 1, subclass: 1 });
  expect(splitClassName('kworker/u9')).toEqual({ baseName: 'kworker/u9', version: 1, subclass: 0 });
});

describe('snapshot', () => {
  test('a recorded one is consistent with the listing of the same moment', async () => {
    const snapshot = await readSnapshot(fixturePath('ext4-dirs/after.snap.txt.zst'));
    const listing = await readProcLockdep(fixturePath('ext4-dirs/after.lockdep.txt.zst'));
    expect(snapshot.record).toBeGreaterThan(0);
    const byIndex = new Map(snapshot.classes.map((entry) => [entry.index, entry]));
    const near = new Set(
      snapshot.dependencies
        .filter(({ distance }) => distance === 1)
        .map(({ from, to }) => `${byIndex.get(from)!.key} ${byIndex.get(to)!.key}`),
    );
    const listed = listing.dependencies.map(({ from, to }) => `${from} ${to}`);
    // The listing is printed while the system runs on: nearly the same.
    expect(listed.filter((dependency) => near.has(dependency)).length).toBeGreaterThan(listed.length * 0.99);
    for (const { locks } of snapshot.chains)
      for (const { classIndex } of locks) expect(byIndex.has(classIndex)).toBe(true);
  });

  test('the lines', async () => {
    const text = '# snapshot at record 12 debug_locks 1\nC 3 ffff 1 2 4 3 0 3cc a b\nE 3 3 1 12\nK 2 ab12 3:1 3:0\n';
    expect(await readSnapshot([bytes(text)])).toEqual({
      record: 12,
      classes: [
        {
          index: 3,
          key: 'ffff',
          subclass: 1,
          version: 2,
          waitInner: 4,
          waitOuter: 3,
          lockType: 0,
          usageMask: 0x3cc,
          name: 'a b',
        },
      ],
      dependencies: [{ from: 3, to: 3, distance: 1, dep: 12 }],
      chains: [
        {
          irqContext: 2,
          key: 'ab12',
          locks: [
            { classIndex: 3, read: 1 },
            { classIndex: 3, read: 0 },
          ],
        },
      ],
    });
    const announced = text.replace('debug_locks 1', 'debug_locks 1 classes 1 list_entries 2 zapped 0');
    expect(await readSnapshot([bytes(announced)])).toMatchObject({ record: 12 });
    for (const line of [/^C.*\n/m, /^E.*\n/m]) {
      const cut = readSnapshot([bytes(announced.replace(line, ''))]);
      await expect(cut).rejects.toMatchObject({ code: 'malformed', problem: expect.stringContaining('is not whole') });
    }
    await expect(readSnapshot([bytes(`${text}E 1 2\n`)])).rejects.toMatchObject({ code: 'malformed', line: 5 });
  });
});
