/**
 * A file system of your own: override what you do differently, and let every interleaving be tried. This one frees blocks before it
 * evicts pages, and believes invalidate_lock lets it.
 */
import { Ext4Like, flushRange, freeBlocks, pread, punchHole, scenarioProgram } from '@lockdep/filesystems';
import {
  dataTags,
  Engine,
  FileSystemType,
  type Inode,
  type Machine,
  type Proc,
  truncatePagecacheRange,
} from '@lockdep/page-cache';
import { type ExploreResult, explore } from '@lockdep/simulator';

const myType = new FileSystemType('myfs');

class MyFileSystem extends Ext4Like {
  readonly #evictsFirst: boolean;

  constructor(engine: Engine, evictsFirst: boolean) {
    super(engine, {}, myType);
    this.#evictsFirst = evictsFirst;
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<null> {
    yield* flushRange(this, inode, from, to);
    const lock = yield* this.lockForEviction(inode);
    if (!this.#evictsFirst) yield* freeBlocks(this, inode, from, to);
    yield* truncatePagecacheRange(inode, from, to);
    if (this.#evictsFirst) yield* freeBlocks(this, inode, from, to);
    yield* this.unlockAfterEviction(inode, lock);
    return null;
  }
}

function program(evictsFirst: boolean) {
  return {
    build(machine: Machine) {
      const engine = new Engine({ machine, profile: 'merged', geometry: { filePages: 1, diskBlocks: 4 } });
      const fs = new MyFileSystem(engine, evictsFirst);
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      return { engine, tasks: { punch: () => punchHole(fs, a, 0, 4), read: () => pread(a, 0, 4) } };
    },
  };
}

export function ownFileSystem(print: (text: string) => void): ExploreResult[] {
  return [true, false].map((evictsFirst) => {
    const result = explore(scenarioProgram(program(evictsFirst), { fs: 'ext4', profile: 'merged' }), {
      strategy: 'source-dpor',
      validator: null,
      budget: { steps: 1_000 },
    });
    const failure = result.failures[0];
    print(
      `${evictsFirst ? 'Evict, then free' : 'Free, then evict'}: ${failure?.message ?? result.estimate.statement}\n`,
    );
    if (failure !== undefined) print(`\n${failure.diagram}\n`);
    return result;
  });
}

if (import.meta.main) ownFileSystem((text) => void process.stdout.write(text));
