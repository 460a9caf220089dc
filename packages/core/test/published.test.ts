/** Objects that nobody but their maker can reach yet: what is seen of their locks can deadlock nobody. */
import { describe, expect, test } from 'vitest';
import { type Lock, LockKey, type Report, type Task, Validator } from '../src/index.ts';

function world() {
  const validator = new Validator({ sites: false });
  const [directory, inode] = [new LockKey({ name: 'dir' }), new LockKey({ name: 'inode' })];
  const nested = (task: Task, outer: Lock, inner: Lock): void => {
    validator.acquire(task, outer);
    validator.acquire(task, inner);
    validator.release(task, inner);
    validator.release(task, outer);
  };
  const told = (): unknown[] =>
    validator.reports.map((report: Report) => [
      report.rule,
      report.level,
      report.kind === 'circular' ? report.verdict.kind : '',
    ]);
  return { validator, directory, inode, nested, told };
}

describe('LD2: unpublished objects', () => {
  test('an order seen only before the object was published cannot deadlock; seen again after, it can', () => {
    const { validator, directory, inode, nested, told } = world();
    const parent = validator.lock(directory);
    const fresh = validator.lock(inode, { unpublished: true });
    const [maker, other] = [validator.task('maker'), validator.task('other')];
    nested(maker, parent, fresh);
    validator.publish(fresh);
    nested(other, fresh, parent);
    expect(told()).toEqual([['LD2', 'note', 'scoped']]);
    expect(validator.reports[0]).toMatchObject({ verdict: { reason: expect.stringContaining('published') } });
    nested(maker, parent, fresh);
    expect(told()).toEqual([['LD2', 'warning', 'possible']]);
  });

  test('nobody waits with an unpublished lock either', () => {
    const { validator, directory, inode, nested, told } = world();
    const parent = validator.lock(directory);
    const old = validator.lock(inode);
    const fresh = validator.lock(inode, { unpublished: true });
    nested(validator.task('maker'), fresh, parent);
    nested(validator.task('other'), parent, old);
    expect(told()).toEqual([['LD2', 'note', 'scoped']]);
  });

  test('a published object goes to the scope it is given', () => {
    const { validator, directory, inode, nested, told } = world();
    const parents = ['x', 'y'].map((scope) => validator.lock(directory, { scope }));
    const inodes = ['x', 'y'].map((scope) => {
      const lock = validator.lock(inode, { unpublished: true });
      validator.publish(lock, scope);
      return lock;
    });
    nested(validator.task('one'), parents[0]!, inodes[0]!);
    nested(validator.task('two'), inodes[1]!, parents[1]!);
    expect(told()).toEqual([['LD2', 'note', 'scoped']]);
    nested(validator.task('three'), inodes[0]!, parents[0]!);
    expect(told()).toEqual([['LD2', 'warning', 'possible']]);
  });
});

describe('LD1: unpublished objects', () => {
  test('the lock of a new object nests in its class, in both directions, until it is published', () => {
    const { validator, inode, nested, told } = world();
    const [old, fresh] = [validator.lock(inode), validator.lock(inode, { unpublished: true })];
    const maker = validator.task('maker');
    nested(maker, old, fresh);
    nested(maker, fresh, old);
    expect(told()).toEqual([]);
    validator.publish(fresh);
    nested(maker, old, fresh);
    expect(told()).toEqual([['LD1', 'error', '']]);
  });

  test('its maker can still not take it twice', () => {
    const { validator, inode, nested, told } = world();
    const fresh = validator.lock(inode, { unpublished: true });
    nested(validator.task('maker'), fresh, fresh);
    expect(told()).toEqual([['LD1', 'error', '']]);
  });
});
