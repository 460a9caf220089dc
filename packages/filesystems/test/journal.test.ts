/** Commits as something that is waited for: fsync for a commit, a commit for open handles, a handle for a locked transaction. */
import { dataTags, Engine, folioShrinker, PlainMachine, type Proc } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import {
  Ext4Like,
  type FileSystemName,
  flusher,
  fsync,
  ftruncate,
  kswapd,
  mount,
  preallocate,
  pwrite,
  type Scenario,
  scenarioProgram,
  umount,
} from '../src/index.ts';

type Stage = {
  readonly fs: Ext4Like;
  readonly a: ReturnType<Ext4Like['create']>;
  readonly c: ReturnType<Ext4Like['create']>;
};
type Tasks = Record<string, (stage: Stage) => Proc<unknown>>;

/** Two files of two bytes, A in the cache. */
function program(tasks: Tasks, options: Parameters<typeof mount>[3] = { commits: true }): Pick<Scenario, 'build'> {
  return {
    build(machine, settings) {
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 6 }, options);
      const a = fs.create('A', dataTags('A', 'w0', 0, 2));
      const c = fs.create('C');
      fs.cache(a, 0);
      const stage = { fs: fs as Ext4Like, a, c };
      return {
        engine,
        tasks: Object.fromEntries(Object.entries(tasks).map(([name, code]) => [name, () => code(stage)])),
      };
    },
  };
}

function prove(tasks: Tasks, options?: Parameters<typeof mount>[3], fs: FileSystemName = 'ext4') {
  const code = scenarioProgram(program(tasks, options), { fs, profile: 'merged' });
  const { failures, exhausted } = explore(code, {
    strategy: 'source-dpor',
    validator: null,
    minimise: 0,
    budget: { steps: 1_000, ms: 25_000 },
  });
  return { messages: failures.map(({ message }) => message), exhausted };
}

const PROVED = { messages: [], exhausted: true };
const write = ({ a }: Stage): Proc<unknown> => pwrite(a, 0, 2, 'w1');

describe('with commits, proved: nothing is lost, nobody is stuck', () => {
  test.each<[string, Tasks]>([
    ['two fsyncs', { one: ({ a }) => fsync(a), two: ({ c }) => fsync(c) }],
    ['truncate and fsync', { truncate: ({ fs, a }) => ftruncate(fs, a, 1), fsync: ({ c }) => fsync(c) }],
    [
      'flags and a commit timer',
      { set: ({ fs }) => fs.inTransaction(function* () {}), timer: ({ fs }) => fs.journal.startCommit() },
    ],
    ['preallocate and fsync', { preallocate: ({ fs, c }) => preallocate(fs, c, 0, 4), fsync: ({ a }) => fsync(a) }],
  ])('%s', (_, tasks) => expect(prove(tasks)).toEqual(PROVED));
});

test('the commit thread, short of memory, does not wait for data that it has not submitted yet: proved', () => {
  const scenario: Pick<Scenario, 'build'> = {
    build(machine, settings) {
      const options = { commits: true, directReclaim: 'memcg' } as const;
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 }, options);
      const a = fs.create('A', dataTags('A', 'w0', 0, 2));
      fs.cache(a, 0);
      engine.memory.shrinkers.push(folioShrinker(a.mapping, 0));
      return {
        engine,
        tasks: {
          *task() {
            yield* pwrite(a, 0, 2, 'w1');
            // Reclaim meets the page twice, first here.
            yield* kswapd(fs);
            yield* fs.inTransaction(() => (fs as Ext4Like).journal.order(a));
            yield* (fs as Ext4Like).journal.commit();
          },
        },
      };
    },
  };
  const { failures, exhausted } = explore(scenarioProgram(scenario, { fs: 'ext4', profile: 'merged' }), {
    strategy: 'source-dpor',
    validator: null,
    minimise: 0,
    budget: { steps: 1_000, ms: 25_000 },
  });
  expect([failures.map(({ message }) => message), exhausted]).toEqual([[], true]);
});

test('an fsync returns when what was changed before it has been committed, and not before', () => {
  const order: string[] = [];
  const machine = new PlainMachine();
  const fs = new Ext4Like(new Engine({ machine, commits: true }));
  const a = fs.create('A', dataTags('A', 'w0', 0, 4));
  machine.spawn('handle', function* () {
    yield* fs.journal.start();
    yield* machine.start('fsync', function* () {
      order.push('fsync begins');
      yield* fsync(a);
      order.push('fsync ends');
    });
    for (let i = 0; i < 50; i++) yield* machine.access([], [], 'busy', () => {});
    order.push('handle stops');
    yield* fs.journal.stop();
  });
  expect(machine.run().stuck).toEqual([]);
  expect(order.indexOf('fsync ends')).toBeGreaterThan(order.indexOf('handle stops'));
});

test('a handle nests in the one that its task has, and is a leak when it is not stopped', () => {
  const machine = new PlainMachine();
  const engine = new Engine({ machine, commits: true });
  const fs = new Ext4Like(engine);
  fs.create('A');
  machine.spawn('t', () => fs.inTransaction(() => fs.inTransaction(function* () {})));
  machine.spawn('leaks', () => fs.journal.start());
  machine.run();
  expect(engine.inspect()).toContain('leak: A[0] (end): a handle of the journal of ext4 is still held, by leaks');
});

describe('a full disk whose blocks wait for a commit', () => {
  const run = (
    reuse: 'after-commit' | 'lifo',
    commits: boolean,
    again: (fs: Ext4Like, c: Stage['c']) => Proc<unknown>,
  ) => {
    const machine = new PlainMachine();
    const engine = new Engine({ machine, commits, geometry: { filePages: 1, diskBlocks: 1 } });
    const fs = new Ext4Like(engine, { reuse });
    const [a, c] = [fs.create('A', dataTags('A', 'w0', 0, 4)), fs.create('C')];
    const answers: unknown[] = [];
    machine.spawn('t', function* () {
      answers.push(yield* again(fs, c));
      yield* ftruncate(fs, a, 0);
      answers.push(yield* again(fs, c));
      yield* fsync(c);
    });
    expect(machine.run().stuck).toEqual([]);
    expect(engine.inspect()).toBe(null);
    return answers;
  };

  test.each(['after-commit', 'lifo'] as const)('a write waits for the commit and tries again (%s)', (reuse) => {
    for (const commits of [true, false])
      expect(run(reuse, commits, (_, c) => pwrite(c, 0, 4, 'w1'))).toEqual(['ENOSPC', 4]);
  });

  test('so does fallocate', () => {
    expect(run('after-commit', true, (fs, c) => preallocate(fs, c, 0, 4))).toEqual(['ENOSPC', null]);
  });
});

describe('the flusher', () => {
  test.each(['ext2', 'ext4', 'xfs'] as const)('beside a write, a truncate and reclaim, %s: proved', (fs) => {
    const background = (stage: Stage): Proc<unknown> => flusher(stage.fs);
    expect(prove({ write, flusher: background }, {}, fs)).toEqual(PROVED);
    expect(prove({ truncate: (s) => ftruncate(s.fs, s.a, 1), flusher: background }, {}, fs)).toEqual(PROVED);
  });

  test('writes what is dirty and answers how many pages; a second one finds nothing', () => {
    const machine = new PlainMachine();
    const fs = new Ext4Like(new Engine({ machine }));
    const a = fs.create('A');
    const answers: number[] = [];
    machine.spawn('t', function* () {
      yield* pwrite(a, 0, 4, 'w1');
      answers.push(yield* flusher(fs));
      answers.push(yield* flusher(fs));
    });
    machine.run();
    expect(answers).toEqual([1, 0]);
  });
});

describe('umount', () => {
  test.each(['ext2', 'ext4', 'xfs', 'ceph'] as const)('beside a flusher and kswapd, %s: proved', (fs) => {
    const tasks: Tasks = {
      *write(stage) {
        yield* write(stage);
        yield* umount(stage.fs);
      },
      flusher: (stage) => flusher(stage.fs),
    };
    expect(prove(tasks, {}, fs)).toEqual(PROVED);
    expect(prove({ umount: (s) => umount(s.fs), kswapd: (s) => kswapd(s.fs, { inodes: ['A'] }) }, {}, fs)).toEqual(
      PROVED,
    );
  });

  test('is refused while an inode has users, and a second time', () => {
    const machine = new PlainMachine();
    const fs = new Ext4Like(new Engine({ machine }));
    fs.create('A');
    const answers: unknown[] = [];
    machine.spawn('t', function* () {
      yield* fs.icache.get('A');
      answers.push(yield* umount(fs));
      yield* fs.icache.put('A');
      answers.push(yield* umount(fs), yield* umount(fs));
    });
    machine.run();
    expect(answers).toEqual(['EBUSY', null, 'EINVAL']);
  });

  test('an inode that is opened meanwhile is found', () => {
    const opens: Tasks = { umount: (s) => umount(s.fs), open: (s) => s.fs.icache.get('A') };
    const { messages } = prove(opens);
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) expect(message).toBe('leak: A[0] (end): A has users when ext4 is unmounted');
  });
});

test('a lock that nobody releases is a leak, though nobody else wants it', () => {
  const machine = new PlainMachine();
  const engine = new Engine({ machine });
  const fs = new Ext4Like(engine);
  const a = fs.create('A');
  machine.spawn('u', function* () {
    yield* a.iRwsem.downWrite();
  });
  machine.run();
  expect(engine.inspect()).toBe('leak: A[0] (end): i_rwsem(A) is still held, by u');
});
