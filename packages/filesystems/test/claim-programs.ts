/** What the programs of the claims are made of: verdicts of small explorations, and file systems that do one thing wrong. */
import { type Report, Validator } from '@lockdep/core';
import type { Completion } from '@lockdep/locks';
import {
  dataTags,
  Engine,
  type Errno,
  FileSystemType,
  type Folio,
  type Inode,
  type Machine,
  PlainMachine,
  type Proc,
  type Profile,
  truncatePagecacheRange,
} from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import {
  type BlockFileSystem,
  Ext4Like,
  flushRange,
  freeBlocks,
  ftruncate,
  pread,
  punchHole,
  pwrite,
  remap,
  type Scenario,
  type ScenarioSettings,
  scenarioProgram,
  XfsLike,
} from '../src/index.ts';

export type Status = '✓' | '✗' | '~' | '–' | 'open';

export const holds = (condition: boolean): Status => (condition ? '✓' : '✗');
/** True only under the condition that goes with it. */
export const partly = (holdsWith: boolean, failsWithout: boolean): Status =>
  holdsWith && failsWithout ? '~' : holds(holdsWith);

/** A number, not a verdict: the program shows that it is as said, and no more can be said. */
export const noVerdict = (condition: boolean): Status => (condition ? '–' : '✗');
/** As long as some file system is not converted. */
export const undecided = (condition: boolean): Status => (condition ? 'open' : '✗');

type Program = Pick<Scenario, 'build'>;

/** All interleavings, up to the first failure. */
export function verdict(scenario: Program, settings: Partial<ScenarioSettings> = {}): string {
  const program = scenarioProgram(scenario, { fs: 'ext4', profile: 'merged', ...settings });
  const budget = { steps: 1_000, ms: 20_000 };
  return explore(program, { strategy: 'source-dpor', stopOnFailure: true, validator: null, minimise: 0, budget })
    .verdict;
}

/** A deadlock looked for at random. */
export function deadlocks(scenario: Program, settings: Partial<ScenarioSettings>): boolean {
  const program = scenarioProgram(scenario, { fs: 'ext4', profile: 'merged', ...settings });
  const budget = { steps: 1_000, ms: 20_000, executions: 20_000 };
  const options = { strategy: 'portfolio', stopOnFailure: true, validator: null, minimise: 0, budget } as const;
  return explore(program, options).verdict === 'deadlock';
}

const myType = new FileSystemType('claims');

/** Frees while nothing keeps readers out: the lock is dropped between eviction and the block map. */
export class DropsLockBetween extends Ext4Like {
  constructor(engine: Engine) {
    super(engine, {}, myType);
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<null> {
    yield* flushRange(this, inode, from, to);
    const lock = yield* this.lockForEviction(inode);
    yield* truncatePagecacheRange(inode, from, to);
    yield* lock!.upWrite();
    yield* freeBlocks(this, inode, from, to);
    yield* inode.iRwsem.upWrite();
    return null;
  }
}

/** Evicts without any lock of the mapping. */
export class ForgetsLock extends Ext4Like {
  constructor(engine: Engine) {
    super(engine, {}, myType);
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<null> {
    yield* inode.iRwsem.downWrite();
    yield* truncatePagecacheRange(inode, from, to);
    yield* inode.iRwsem.upWrite();
    return null;
  }
}

/** Before the series, but with the folios of the range locked from eviction until the blocks are free. */
export class LocksFolios extends Ext4Like {
  constructor(engine: Engine) {
    super(engine, {}, myType);
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<null> {
    yield* inode.iRwsem.downWrite();
    const folios = yield* inode.mapping.lookupRange(this.engine.pageOf(from), this.engine.pageOf(to - 1));
    for (const folio of folios) {
      yield* folio.lock.acquire();
      if (folio.mapping !== null) yield* inode.mapping.remove(folio);
    }
    yield* freeBlocks(this, inode, from, to);
    for (const folio of folios) yield* folio.unlockAndPut();
    yield* inode.iRwsem.upWrite();
    return null;
  }
}

export function punchAndRead(
  Kind: new (engine: Engine) => Ext4Like,
  profile: Profile,
  options: { cached?: boolean; readaheadPages?: number; bugs?: object } = {},
): Program {
  return {
    build(machine: Machine) {
      const { cached = false, readaheadPages = 0, bugs = {} } = options;
      const engine = new Engine({ machine, profile, bugs, readaheadPages, geometry: { filePages: 1, diskBlocks: 4 } });
      const fs = new Kind(engine);
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      if (cached) fs.cache(a, 0);
      return { engine, tasks: { punch: () => punchHole(fs, a, 0, 4), read: () => pread(a, 0, 4) } };
    },
  };
}

/** The 1 KiB-block schedule with a file system that forgets, at some moment, that a clean block is uptodate. */
export function spontaneousClear(bugs: object): Program {
  return {
    build(machine: Machine) {
      const engine = new Engine({ machine, bugs, geometry: { blockSize: 2, filePages: 1, diskBlocks: 4 } });
      const fs = new Ext4Like(engine);
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      fs.cache(a, 0, [0]);
      const folio = a.mapping.peek(0)!;
      function* clear(): Proc {
        yield* folio.lock.acquire();
        yield* machine.access([], [folio.state], 'forget that block 1 is uptodate', () => {
          folio.buffers[1]!.uptodate = false;
        });
        yield* folio.lock.release();
      }
      return { engine, tasks: { punch: () => punchHole(fs, a, 2, 2), read: () => pread(a, 2, 2), clear } };
    },
  };
}

export const plainPunch: typeof Ext4Like = class extends Ext4Like {};

export function reportsOf(run: (engine: Engine) => () => Proc<unknown>): readonly Report[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, geometry: { filePages: 1, diskBlocks: 8 } });
  machine.spawn('op', run(engine));
  machine.run();
  return validator.reports;
}

/** Of random runs of a read beside a write, those in which the reader has to wait for i_rwsem. */
export function readersThatWait(Kind: new (engine: Engine) => BlockFileSystem): number {
  let waiting = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const validator = new Validator({ sites: false });
    const machine = new PlainMachine({ validator, seed });
    const engine = new Engine({ machine, validator, geometry: { filePages: 1, diskBlocks: 8 } });
    const a = new Kind(engine).create('A', dataTags('A', 'w0', 0, 4));
    let waits = false;
    validator.attach((type, task, lock) => {
      waits ||= type === 'contended' && task.name === 'read' && lock?.label === 'i_rwsem(A)';
    });
    machine.spawn('write', () => pwrite(a, 0, 2, 'w1'));
    machine.spawn('read', () => pread(a, 0, 4));
    machine.run();
    if (waits) waiting += 1;
  }
  return waiting;
}

/** Every ->read_folio and ->readahead of these operations: whether invalidate_lock was held. */
export function readsUnderLock(operation: (inode: Inode) => Proc<unknown>): boolean[] {
  const held: boolean[] = [];
  class Watches extends Ext4Like {
    override *readFolio(folio: Folio): Proc<Completion | Errno | null> {
      const { validator, machine } = this.engine;
      const { instance } = folio.mapping!.invalidateLock;
      held.push(validator!.isHeld(machine.current().taskOf(validator!), instance!));
      return yield* super.readFolio(folio);
    }
  }
  reportsOf((engine) => {
    const a = new Watches(engine, {}, myType).create('A', dataTags('A', 'w0', 0, 4));
    return () => operation(a);
  });
  return held;
}

/** Frees the last reference of a page while a reader copies from it, unless the reader has one of its own. */
export function truncateAndRead(bugs: object): Program {
  return {
    build(machine: Machine) {
      const engine = new Engine({ machine, bugs, geometry: { filePages: 1, diskBlocks: 4 } });
      const fs = new Ext4Like(engine);
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      fs.cache(a, 0);
      return { engine, tasks: { truncate: () => ftruncate(fs, a, 0), read: () => pread(a, 0, 4) } };
    },
  };
}

/** Findings of some random schedules, by kind. */
export function sampledKinds(scenario: Program, settings: Partial<ScenarioSettings> = {}): Set<string> {
  const kinds = new Set<string>();
  const program = scenarioProgram(
    scenario,
    { fs: 'ext4', profile: 'merged', ...settings },
    { onFindings: (findings) => findings.forEach(({ kind }) => void kinds.add(kind)) },
  );
  const budget = { steps: 1_000, ms: 20_000, executions: 2_000 };
  explore(program, { strategy: 'portfolio', validator: null, minimise: 0, budget });
  return kinds;
}

/** The lock instances of one operation on two files of which the one with the higher number has the lower address. */
export function pairTrace(profile: Profile): string[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, profile, geometry: { filePages: 1, diskBlocks: 8 } });
  const fs = new XfsLike(engine);
  for (const name of ['A', 'B']) fs.create(name, dataTags(name, 'w0', 0, 4));
  const taken: string[] = [];
  validator.attach((type, _task, lock) => {
    if (type === 'acquire' && lock !== null && /^(i_rwsem|invalidate_lock|MMAPLOCK|ILOCK)\(/.test(lock.label))
      taken.push(lock.label);
  });
  machine.spawn('clone', function* () {
    yield* fs.icache.reclaim(['A', 'B']);
    const [a, b] = [yield* fs.icache.get('A'), yield* fs.icache.get('B')];
    yield* remap(fs, a, b);
  });
  machine.run();
  return taken.map((label) => label.replace(/#.*$/, ''));
}

export const addsUnderLock = (trace: string): boolean => /inv\(s\) · \?folio · xa_lock/.test(trace);
export const submitsUnderLock = (trace: string): boolean =>
  /inv\(s\)(?!.*-inv.*folio to io).*folio to io.*-inv/.test(trace);
export const load = { fs: 'ext4' } as const;

/** Copies a page from one file system to another of its type, as splice does: read, then write. Whether locks of both were ever held at once. */
export function mixesSuperBlocks(): boolean {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, geometry: { filePages: 1, diskBlocks: 8 } });
  const [one, two] = [new Ext4Like(engine, { name: 'one' }), new Ext4Like(engine, { name: 'two' })];
  const [a, b] = [one.create('A', dataTags('A', 'w0', 0, 4)), two.create('B')];
  const held: string[] = [];
  let mixed = false;
  validator.attach((type, task, lock) => {
    if (task.name !== 'copy' || lock === null) return;
    if (type === 'acquire') held.push(lock.label);
    else if (type === 'release' || type === 'transfer') held.splice(held.lastIndexOf(lock.label), 1);
    mixed ||= held.some((label) => /[(]A|one/.test(label)) && held.some((label) => /[(]B|two/.test(label));
  });
  machine.spawn('copy', function* () {
    yield* pread(a, 0, 4);
    yield* pwrite(b, 0, 4, 'w1');
  });
  machine.run();
  return mixed;
}
