/** Inline data: what a file holds does not depend on where it lies, whoever converts it, and whenever. */
import {
  dataTags,
  type Inode,
  Mm,
  mmap,
  PlainMachine,
  type Proc,
  type Tag,
  userLoad,
  userStore,
} from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import { Ext4InlineLike, fallocate, fsync, ftruncate, mount, pread, pwrite } from '../src/index.ts';
import { RandomNumbers } from '../src/workloads/random-numbers.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1);

function* operation(fs: Ext4InlineLike, a: Inode, mm: Mm, random: RandomNumbers, name: string): Proc<unknown> {
  const pos = random.below(8);
  const count = 1 + random.below(4);
  switch (random.below(9)) {
    case 0:
      return yield* pwrite(a, pos, count, name, undefined, { direct: random.below(4) === 0 });
    case 1:
      return yield* pwrite(a, 0, count, name);
    case 2:
      return yield* ftruncate(fs, a, pos);
    case 3:
      return yield* fallocate(fs, a, 'allocate-range', pos, count);
    case 4:
      return yield* fallocate(fs, a, 'punch-hole', pos, count);
    case 5:
      return yield* fsync(a);
    case 6: {
      const vma = yield* mmap(mm, a, { pages: 2, prot: 'write' });
      const [tag] = dataTags('A', name, pos, 1);
      return yield* random.below(2) === 0 ? userLoad(vma, pos) : userStore(vma, pos, tag as Tag);
    }
    case 7:
      return yield* fs.drop(a);
    default:
      return yield* pread(a, pos, count, { direct: random.below(4) === 0 });
  }
}

test(`random operations on an inline file leave it as they should (seed ${SEED})`, () => {
  let inline = 0;
  for (let seed = SEED; seed < SEED + 200; seed++) {
    const random = new RandomNumbers(seed);
    const machine = new PlainMachine({ seed });
    const faults = { space: random.below(2) };
    const settings = { fs: 'ext4', profile: random.below(2) === 0 ? 'merged' : 'latest' } as const;
    const { engine } = mount(machine, settings, { filePages: 3, diskBlocks: 12 }, { faults });
    const fs = new Ext4InlineLike(engine);
    const a = fs.createInline('A', dataTags('A', 'w0', 0, 1 + random.below(4)));
    const mm = new Mm(engine, 'mm');
    for (let task = 0; task < 3; task++)
      machine.spawn(`t${task}`, function* () {
        for (let i = 0; i < 3; i++) yield* operation(fs, a, mm, random, `w${task}${i}`);
      });
    expect([seed, machine.run(20_000).stuck]).toEqual([seed, []]);
    expect([seed, engine.inspect()]).toEqual([seed, null]);
    if (fs.info(a).map.get(0) === undefined) inline += 1;
  }
  expect(inline).toBeGreaterThan(0);
});

test('more than fits is refused', () => {
  const { engine } = mount(new PlainMachine(), { fs: 'ext4', profile: 'merged' }, {});
  const fs = new Ext4InlineLike(engine);
  expect(() => fs.createInline('A', dataTags('A', 'w0', 0, 100))).toThrow('fit into an inode');
});
