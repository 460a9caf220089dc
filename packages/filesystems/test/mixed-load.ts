/** Five tasks that do everything at once to one file, on the plain machine: what a random run of it found, and what the validator says. */
import type { Validator } from '@lockdep/core';
import {
  dataTags,
  Engine,
  type Finding,
  MappedBuffer,
  Mm,
  PlainMachine,
  type Profile,
  premap,
  shrinkFolio,
  type Tag,
  unmapPage,
  userLoad,
  userStore,
} from '@lockdep/page-cache';
import {
  CephLike,
  Ext2Like,
  Ext4Like,
  type FileSystemName,
  fsync,
  ftruncate,
  pread,
  punchHole,
  pwrite,
  XfsLike,
} from '../src/index.ts';

export interface MixedLoad {
  readonly fs: FileSystemName;
  readonly profile: Profile;
  readonly seed?: number;
  readonly validator?: Validator | null;
}

export interface MixedOutcome {
  readonly steps: number;
  readonly stuck: readonly string[];
  readonly findings: readonly Finding[];
}

const byte = (offset: number, write: string): Tag => dataTags('A', write, offset, 1)[0]!;

export function mixedLoad({ fs: name, profile, seed = 0, validator = null }: MixedLoad): MixedOutcome {
  const machine = new PlainMachine(seed === 0 ? { validator } : { seed, validator });
  const geometry = { blockSize: seed % 3 === 0 ? 2 : 4, filePages: 3, diskBlocks: 16 };
  const engine = new Engine({
    machine,
    profile,
    validator,
    faultAround: seed % 2 === 0,
    readaheadPages: seed % 5 === 0 ? 1 : 0,
    geometry,
  });
  const Kind = { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike, ceph: CephLike }[name];
  const fs = new Kind(engine);
  const a = fs.create('A', dataTags('A', 'w0', 0, 12));
  const c = fs.create('C');
  const vma = premap(new Mm(engine, 'mm'), a, { pages: 3, advice: seed % 4 === 0 ? 'sequential' : 'random' });
  machine.spawn('punch', () => punchHole(fs, a, 4, 4));
  machine.spawn('mapped', function* () {
    yield* userLoad(vma, 4);
    yield* userStore(vma, 9, byte(9, 'm1'));
    yield* userStore(vma, 5, byte(5, 'm2'));
    yield* userLoad(vma, 5);
  });
  machine.spawn('other file', function* () {
    yield* pwrite(c, 0, 4, 'w1');
    yield* fsync(c);
    yield* pwrite(c, 4, 4, 'w2', new MappedBuffer(vma));
    yield* pread(a, 2, 8);
  });
  machine.spawn('writer', function* () {
    yield* pwrite(a, 6, 5, 'w3');
    yield* ftruncate(fs, a, 9);
    yield* fsync(a);
    yield* ftruncate(fs, a, 12);
  });
  machine.spawn('reclaim', function* () {
    for (let index = 0; index < 3; index++) yield* unmapPage(a.mapping, index);
    for (let index = 0; index < 3; index++) yield* shrinkFolio(a.mapping, index);
  });
  const { steps, stuck } = machine.run(50_000);
  engine.inspect();
  return { steps, stuck, findings: engine.oracle.findings };
}
